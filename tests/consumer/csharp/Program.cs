// What a user of the package does: train, log, evaluate, save and load.
using SegLossBias;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

random.manual_seed(1);
using var images = randn([8, 1, 16, 16]);
using var labels = images.squeeze(1).gt(0.5).to(ScalarType.Int64);
using Sequential network = nn.Sequential(nn.Conv2d(1, 16, 3, padding: 1), nn.ReLU(), nn.Conv2d(16, 2, 1));
using var optimizer = optim.SGD(network.parameters(), 0.5);
using SegmentationLoss loss = LossFactory.FromJson("""{ "name": "RCE(L1)", "lambda": 0.1 }""");

var (first, last) = (0f, 0f);
for (var step = 0; step < 60; step++)
{
    using var scope = NewDisposeScope();
    optimizer.zero_grad();
    using LossBreakdown terms = loss.Breakdown(network.call(images), labels);
    terms.Total.backward();
    optimizer.step();
    last = terms.Total.item<float>();
    first = step == 0 ? last : first;
    if (step % 20 == 0)
    {
        Console.WriteLine(terms);
    }
}

var metrics = new OverlapMetrics(classes: 2) { Selection = ClassSelection.WithoutBackground };
using (no_grad())
{
    using var logits = network.call(images);
    metrics.AddLogits(logits, labels);
}

var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
metrics.Save(file);
var dice = OverlapMetrics.Load(file).Pooled(1).Dice;
File.Delete(file);


using var preset = Presets.Monai("DiceCELoss", ("softmax", true));
Console.WriteLine($"loss {first} to {last}, DSC {dice}, {preset}, {metrics}");
if (!(last < first && dice > 0.5))
{
    Console.Error.WriteLine("the network has learnt nothing");
    return 1;
}

return 0;
