using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>An experiment that trains in a fraction of a second: bright rectangles on noise, one or two classes of them.</summary>
internal static class Tiny
{
    public const int Side = 16;

    public static ExperimentSettings Settings(
        OptimizerKind optimizer = OptimizerKind.Adam, RateSchedule schedule = RateSchedule.Constant, double rate = 0.01, int epochs = 4,
        string loss = "RCE(L1)") => new()
        {
            Layout = "Folder",
            Size = [Side, Side],
            Network = "UNet",
            Widths = [16, 16],
            Losses = [LossSpec.Parse(loss)],
            Seeds = [1],
            Epochs = epochs,
            Batch = 4,
            Optimizer = optimizer,
            LearningRate = rate,
            Schedule = schedule,
            Augmentation = AugmentationKind.None,
            Device = "cpu",
        };

    public static string[] Classes(int count) => [MeasuredClasses.Background, .. Enumerable.Range(1, count - 1).Select(i => $"class {i}")];

    public static CaseSplits Splits(int validation = 3, int test = 2) =>
        new(Cases("train", 8), Cases("validation", validation), Cases("test", test), ["background", "square", "bar"], 255, "made for a test");

    public static RunTrainer Trainer(ExperimentSettings settings, CaseSplits data, IPredictor? predictor = null) =>
        new(settings, data, seed => BatchesOf(data, seed), predictor ?? new Predictor(), CPU);

    /// <summary>Two of four cases each in an epoch.</summary>
    public static ITrainingBatches BatchesOf(CaseSplits data, int seed) => new Batches(data.Train, seed);

    public static IPredictor NewPredictor() => new Predictor();

    public static IEnumerable<Tensor> Predict(nn.Module<Tensor, Tensor> network, IReadOnlyList<Case> cases) => new Predictor().Logits(network, cases);

    public static Case Picture(string name, byte[,] labels, params double[] spacing)
    {
        var (height, width) = (labels.GetLength(0), labels.GetLength(1));
        var flat = labels.Cast<byte>().ToArray();
        var image = flat.Select((label, i) => (byte)((label * 80) + (i * 7 % 31))).ToArray();
        return new Case(name, tensor(image, [1, height, width]), tensor(flat, [height, width]), spacing.Length > 0 ? spacing : [1, 1]);
    }

    private static Case[] Cases(string name, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var random = new Random((name.Length * 100) + i);
        var labels = new byte[Side, Side];
        Fill(labels, 1, random.Next(1, 6), random.Next(1, 8), 4 + i, 5);
        Fill(labels, 2, 13, 2, 2, random.Next(2, 12));
        labels[0, 0] = 255;
        return Picture($"{name}-{i}", labels);
    })];

    private static void Fill(byte[,] labels, byte value, int top, int left, int height, int width)
    {
        for (var y = top; y < Math.Min(Side, top + height); y++)
        {
            for (var x = left; x < Math.Min(Side, left + width); x++)
            {
                labels[y, x] = value;
            }
        }
    }

    private static Tensor Normalised(IEnumerable<Case> cases)
    {
        var images = stack([.. cases.Select(item => item.Image)]).to(ScalarType.Float32);
        return (images - images.mean([1L, 2L, 3L], keepdim: true)) / images.std([1L, 2L, 3L], keepdim: true);
    }

    private sealed class Batches(IReadOnlyList<Case> cases, int seed) : ITrainingBatches
    {
        public int PerEpoch => 2;

        public (Tensor Images, Tensor Targets) Batch(int epoch, int index)
        {
            var order = cases.ToArray();
            new Random((seed * 1000) + epoch).Shuffle(order);
            var chosen = order.Skip(index * 4).Take(4).ToArray();
            return (Normalised(chosen), stack([.. chosen.Select(item => item.Labels)]));
        }
    }

    private sealed class Predictor : IPredictor
    {
        public IEnumerable<Tensor> Logits(nn.Module<Tensor, Tensor> network, IReadOnlyList<Case> cases)
        {
            foreach (var item in cases)
            {
                using var scope = NewDisposeScope();
                yield return network.call(Normalised([item, item]))[0].MoveToOuterDisposeScope();
            }
        }
    }
}
