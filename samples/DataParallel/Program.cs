// Trains one network on several processes, with a loss that pools the whole batch: DataParallel [STEPS [FILE [IMAGES]]]
//   mpirun -n 2 dotnet DataParallel.dll
// Two processes end with the parameters of one, up to rounding. FILE gets them, one number a line.
using System.Globalization;
using DataParallel;
using SegLossBias;
using TorchSharp;
using static System.FormattableString;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

const int Side = 24;
var steps = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
var count = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 8;
using var mpi = new Mpi();

// All processes have the same weights and the same pictures to choose from.
random.manual_seed(1);
var (images, labels) = Pictures(count);
using var network = Sequential(
    Conv2d(1, 16, kernel_size: 3, padding: 1, dtype: ScalarType.Float64, device: CPU), Tanh(),
    Conv2d(16, 2, kernel_size: 1, dtype: ScalarType.Float64, device: CPU));
var parameters = network.parameters().ToArray();
using var optimizer = new SafeSgd(parameters, learningRate: 0.5);

// Dice over the batch: no mean of the losses, or of the gradients, of single processes gives its gradient.
using var loss = new SegmentationLoss(new CrossEntropy() + new Dice() + (0.5 * new RegionSizeL1()));

// This process has every Size-th image of the batch, one in memory at a time.
int[] own = [.. Enumerable.Range(0, count).Where(image => image % mpi.Size == mpi.Rank)];
for (var step = 0; step < steps; step++)
{
    using var scope = NewDisposeScope();
    using var whole = new AccumulatedLoss(loss, count);

    // First pass, without a graph: the sums of this process, then of all.
    using (no_grad())
    {
        foreach (var image in own)
        {
            whole.Add(network.call(images.narrow(0, image, 1)), labels.narrow(0, image, 1), [image]);
        }
    }

    // With more processes than images one has none, but the others wait for it.
    if (own.Length == 0)
    {
        whole.AddEmpty(channels: 2);
    }

    whole.AllReduce(mpi.Sum);
    using var terms = whole.Complete();

    // Second pass: each image's share of the gradient of the whole loss. Shares add up, and so do processes.
    optimizer.ZeroGradients();
    foreach (var image in own)
    {
        whole.Share(network.call(images.narrow(0, image, 1)), labels.narrow(0, image, 1), [image]).backward();
    }

    foreach (var parameter in parameters)
    {
        var numbers = parameter.grad?.data<double>().ToArray() ?? new double[parameter.numel()];
        mpi.Sum(numbers);
        parameter.grad = tensor(numbers, parameter.shape, device: CPU);
    }

    optimizer.Step();
    if (mpi.Rank == 0 && (step == 0 || step == steps - 1))
    {
        Console.WriteLine(Invariant($"step {step + 1} on {mpi.Size} processes: {terms}; passes differ by {whole.PassDifference:0.0e+0}"));
    }
}

if (mpi.Rank == 0 && args.Length > 1)
{
    File.WriteAllLines(args[1], parameters.SelectMany(parameter => parameter.data<double>().ToArray()).Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}

// Noisy pictures [N, 1, H, W] with one bright disc each, and their labels [N, H, W].
static (Tensor Images, Tensor Labels) Pictures(int images)
{
    using var scope = NewDisposeScope();
    var places = arange(Side, dtype: ScalarType.Float64, device: CPU) / Side;
    var radius = 0.05 + (0.3 * rand([images, 1, 1], ScalarType.Float64, CPU));
    var disc = (places.view(1, -1, 1) - 0.5).square() + (places.view(1, 1, -1) - 0.5).square() < radius.square();
    var image = disc.to(ScalarType.Float64) + (0.7 * randn([images, Side, Side], ScalarType.Float64, CPU));
    return (image.unsqueeze(1).MoveToOuterDisposeScope(), disc.to(ScalarType.Int64).MoveToOuterDisposeScope());
}
