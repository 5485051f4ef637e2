// The same as the C# program, in F#.
open System.IO
open SegLossBias
open TorchSharp

/// Cross-entropy and a squared gap of the sizes: a formula of one's own.
type SquaredSize() =
    inherit RegionTerm("SquaredSize")

    override _.Define(regions: Regions) =
        let gap = regions.All.PredictedProportion() - regions.All.TargetProportion()
        LossFormula((gap * gap).Sum(Axis.Classes))

torch.random.manual_seed 1L |> ignore
let images = torch.randn ([| 8L; 1L; 16L; 16L |])
let labels = images.squeeze(1L).gt(0.5f.ToScalar()).``to``(torch.ScalarType.Int64)
let network = torch.nn.Sequential(torch.nn.Conv2d(1L, 16L, 3L, padding = 1L), torch.nn.ReLU(), torch.nn.Conv2d(16L, 2L, 1L))
let optimizer = torch.optim.SGD(network.parameters (), 0.5)
let loss = new SegmentationLoss(new LossSum([ WeightedTerm(Schedule.Constant 1.0, CrossEntropy()); WeightedTerm(Schedule.Constant 0.5, SquaredSize()) ]))

let step () =
    use _scope = torch.NewDisposeScope()
    optimizer.zero_grad ()
    use terms = loss.Breakdown(network.call images, SegmentationTarget labels)
    terms.Total.backward ()
    optimizer.step () |> ignore
    terms.Total.item<float32> ()

let values = [| for _ in 1..60 -> step () |]
let metrics = OverlapMetrics(2)

do
    use _noGradient = torch.no_grad ()
    use logits = network.call images
    metrics.AddLogits(logits, labels)

let file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())
metrics.Save file
let dice = OverlapMetrics.Load(file).Pooled(1).Dice
File.Delete file
printfn $"loss {values[0]} to {values[59]}, DSC {dice}, {loss}"

if not (values[59] < values[0] && dice > 0.5) then
    eprintfn "the network has learnt nothing"
    exit 1
