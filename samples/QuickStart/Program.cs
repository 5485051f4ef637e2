// Trains a small network on generated pictures with RCE(L1): QuickStart [EPOCHS [PICTURES [FILE]]]
using System.Globalization;
using SegLossBias;
using TorchSharp;
using static System.FormattableString;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

const int Batch = 8;
const int Side = 48;
var epochs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
var count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 256;
var file = args.Length > 2 ? args[2] : Path.Combine(Path.GetTempPath(), "quickstart.bin");

random.manual_seed(1);
var (images, labels) = Pictures(count);
var (newImages, newLabels) = Pictures(count / 4);
using var network = Network();
using var optimizer = new SafeAdam(network.parameters(), learningRate: 3e-3);

// The loss is cross-entropy plus λ times a penalty on the region sizes. λ rises from 0 to 1 over the first 5 epochs.
using var loss = new RceL1Loss { Lambda = Schedule.Linear(from: 0, to: 1, epochs: 5) };

for (var epoch = 0; epoch < epochs; epoch++)
{
    loss.Epoch = epoch;
    var (steps, total, log) = (0, 0.0, "");
    network.train();
    using var order = randperm(count, ScalarType.Int64);
    foreach (var chosen in order.split(Batch))
    {
        using var scope = NewDisposeScope();
        optimizer.ZeroGradients();

        // Breakdown evaluates the loss once and keeps its terms; loss.call(logits, labels) gives the total alone.
        using var terms = loss.Breakdown(network.call(images[chosen]), labels[chosen]);
        terms.Total.backward();
        optimizer.Step();
        (steps, total, log) = (steps + 1, total + terms.Total.item<float>(), terms.ToString());
    }

    var metrics = Validate(network);
    Console.WriteLine(Invariant($"epoch {epoch + 1}: loss {total / steps:0.0000}; last batch {log}; validation DSC {Dice(metrics):0.000}, size error {metrics.Pooled(1).SizeError:+0.0 %;-0.0 %}"));
}

network.save(file);
using var loaded = Network();
loaded.load(file);
Console.WriteLine(Invariant($"loaded from {file}: validation DSC {Dice(Validate(loaded)):0.000}"));

// Noisy pictures [N, 1, H, W] with one bright disc each, small or large, and their labels [N, H, W]: 1 in the disc, else 0.
static (Tensor Images, Tensor Labels) Pictures(int count)
{
    using var scope = NewDisposeScope();
    var places = arange(Side, dtype: ScalarType.Float32, device: CPU) / Side;
    var radius = 0.05f + (0.3f * rand([count, 1, 1], device: CPU));
    var (y, x) = (0.2f + (0.6f * rand([count, 1, 1], device: CPU)), 0.2f + (0.6f * rand([count, 1, 1], device: CPU)));
    var disc = (places.view(1, -1, 1) - y).square() + (places.view(1, 1, -1) - x).square() < radius.square();
    var image = disc.to(ScalarType.Float32) + (0.7f * randn([count, Side, Side], device: CPU));
    return (image.unsqueeze(1).MoveToOuterDisposeScope(), disc.to(ScalarType.Int64).MoveToOuterDisposeScope());
}

// An encoder and a decoder in one line of layers: [N, 1, H, W] to logits [N, 2, H, W].
static Module<Tensor, Tensor> Network() => Sequential(
    Block(1, 16), Block(16, 32, stride: 2), Block(32, 32), Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest), Block(32, 16),
    Conv2d(16, 2, kernel_size: 1));

static Module<Tensor, Tensor> Block(int from, int to, int stride = 1) => Sequential(
    Conv2d(from, to, kernel_size: 3, stride: stride, padding: 1, bias: false), BatchNorm2d(to), ReLU());

// Overlap on pictures that are not trained on, from whole counts of pixels; class 0 is background.
OverlapMetrics Validate(Module<Tensor, Tensor> trained)
{
    var metrics = new OverlapMetrics(classes: 2) { Selection = ClassSelection.WithoutBackground };
    trained.eval();
    using var scope = NewDisposeScope();
    using var withoutGradient = no_grad();
    metrics.AddLogits(trained.call(newImages), newLabels);
    return metrics;
}

// Every picture has a disc. One in which nothing is found counts 0, as the formula of the DSC says.
static double Dice(OverlapMetrics metrics) =>
    metrics.Mean(OverlapMetric.Dice, new EmptyPolicies(both: EmptyPolicy.Skip, target: EmptyPolicy.Formula, prediction: EmptyPolicy.Formula)).Mean;
