using SkiaSharp;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

/// <summary>Results as training could have left them, drawn from a seed: no network is trained for the tests of figures.</summary>
internal static class Invented
{
    public static readonly string[] ElevenLosses =
        ["CE", "WCE", "Focal", "Dice", "LogDice", "DiceCE", "LogDiceCE", "DBCE", "RCE(KL)", "RCE(L1)", "RFL(L1)"];

    private static readonly string[] ClassNames = ["background", "disc", "cup", "vessel", "lesion"];

    private const int Pixels = 256 * 256;

    /// <param name="losses">As <see cref="LossSpec.Text"/>.</param>
    /// <param name="seeds">Runs of each loss.</param>
    /// <param name="epochs">Epochs of each run.</param>
    /// <param name="cases">Validation cases; there are no test cases.</param>
    /// <param name="classes">K, background included.</param>
    public static ExperimentResults Results(IEnumerable<string> losses, int seeds = 3, int epochs = 20, int cases = 40, int classes = 2)
    {
        var settings = Settings([.. losses.Select(LossSpec.Parse)], [.. Enumerable.Range(1, seeds)], epochs);
        return new(settings, [.. settings.Runs.Select(key => Run(key, settings.Losses.ToList().IndexOf(key.Loss), epochs, cases, classes))], []);
    }

    public static ExperimentSettings Settings(IReadOnlyList<LossSpec> losses, IReadOnlyList<int> seeds, int epochs) => new()
    {
        Layout = "Generated",
        Size = [256, 256],
        Network = "UNet",
        Widths = [16, 32],
        Losses = losses,
        Seeds = seeds,
        Epochs = epochs,
        Batch = 8,
        Optimizer = OptimizerKind.Adam,
        LearningRate = 1e-3,
        Schedule = RateSchedule.Constant,
        Augmentation = AugmentationKind.None,
        Device = "cpu",
    };

    /// <summary>A run of one epoch with the given validation cases, one list of counts per case.</summary>
    public static RunResult Run(string loss, int seed, params OverlapCounts[][] cases) => new(
        loss, seed, [MeasuredClasses.Background, .. cases[0].Select((_, i) => $"class {i + 1}")], "invented", [Epoch(1, 0.5, 0.5, 0.1, 0.1)],
        [.. cases.Select((classes, i) => new CaseResult($"case {i}", 362, [.. classes.Select((counts, k) => Class(k + 1, counts))]))], []);

    public static EpochRecord Epoch(int epoch, double trainLoss, double dice, double trueSize, double predictedSize) =>
        new(epoch, trainLoss, trainLoss, "", 1e-3, dice, dice / (2 - dice), trueSize, predictedSize, 1);

    /// <summary>Writes shown cases with a disc as truth and, per run, a disc of another size as prediction.</summary>
    public static void WriteShown(string folder, ExperimentResults results, int width, int height, int cases = 3)
    {
        var classes = results.Runs[0].Classes.Count;
        ResultFolder.WriteWhole(Path.Combine(folder, "shown", "shown.json"),
            Enumerable.Range(0, cases).Select(i => new ShownCase($"case {i}", null)).ToList());
        for (var i = 0; i < cases; i++)
        {
            var radius = Math.Min(width, height) * (0.1 + (0.12 * i));
            WritePng(Path.Combine(folder, "shown", $"{i:00}-image.png"), width, height, SKColorType.Rgba8888,
                (x, y) => new SKColor((byte)(120 + (60 * Math.Sin(x / 9.0))), (byte)(60 + (40 * Math.Cos(y / 7.0))), 30));
            WritePng(Path.Combine(folder, "shown", $"{i:00}-truth.png"), width, height, SKColorType.Gray8, Disc(radius, 0));
            foreach (var (rank, loss) in results.Settings.Losses.Index())
            {
                var run = new RunKey(loss, results.Settings.Seeds[0]);
                WritePng(Path.Combine(ResultFolder.RunFolder(folder, run), "masks", $"{i:00}.png"), width, height, SKColorType.Gray8, Disc(radius * (0.7 + (0.07 * rank)), 2));
            }
        }

        Func<int, int, SKColor> Disc(double radius, int shift) => (x, y) =>
        {
            var distance = Math.Sqrt(Math.Pow(x - (width / 2) - shift, 2) + Math.Pow(y - (height / 2), 2));
            return Grey((byte)(distance > radius ? 0 : 1 + (int)((classes - 1) * distance / (radius + 1))));
        };
    }

    public static SKColor Grey(byte value) => new(value, value, value);

    public static void WritePng(string file, int width, int height, SKColorType kind, Func<int, int, SKColor> pixel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var bitmap = new SKBitmap(width, height, kind, SKAlphaType.Opaque);
        var bytes = bitmap.GetPixelSpan();
        for (var i = 0; i < width * height; i++)
        {
            var colour = pixel(i % width, i / width);
            byte[] rgba = [colour.Red, colour.Green, colour.Blue, 255];
            rgba.AsSpan(0, bitmap.BytesPerPixel).CopyTo(bytes[(bitmap.BytesPerPixel * i)..]);
        }

        using var stream = File.Create(file);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
    }

    private static RunResult Run(RunKey key, int rank, int epochs, int cases, int classes)
    {
        var random = new Random((1000 * rank) + key.Seed);
        var bias = -0.45 + (0.09 * (rank % 11));
        var quality = 0.93 - (0.015 * ((rank * 7) % 11)) + (0.01 * random.NextDouble());
        var results = Enumerable.Range(0, cases).Select(i => new CaseResult($"case {i}", 362, [.. Enumerable.Range(1, classes - 1).Select(k =>
        {
            var share = 0.003 * Math.Pow(60, (double)i / Math.Max(cases - 1, 1)) / k;
            var truth = Math.Max(1, (long)(share * Pixels));
            var lean = bias * (1 - (0.8 * i / cases));
            var predicted = (long)(truth * Math.Exp(lean + (0.15 * Normal(random))));
            var hit = (long)(Math.Min(truth, predicted) * Math.Clamp(quality + (0.05 * Normal(random)), 0, 1));
            return Class(k, i == 3 && rank == 2 ? new(0, 0, truth, Pixels - truth) : new(hit, predicted - hit, truth - hit, Pixels - predicted - truth + hit));
        })])).ToArray();
        var size = results.Sum(result => result.Classes.Sum(class_ => class_.Counts.TargetSize)) / ((double)Pixels * cases);
        return new(
            key.Loss.Text, key.Seed, [.. ClassNames.Take(classes)], "invented",
            [.. Enumerable.Range(1, epochs).Select(epoch =>
            {
                var progress = 1 - Math.Exp(-epoch * (0.2 + (0.02 * rank)));
                return Epoch(epoch, (1 + rank) * 0.2 * Math.Exp(-0.12 * epoch) * (1 + (0.1 * random.NextDouble())), quality * progress * (1 - (0.04 * random.NextDouble())),
                    size, size * Math.Exp(bias * progress) * (1 + (0.5 * Normal(random) / epoch / epoch)));
            })],
            results, []);
    }

    private static ClassResult Class(int index, OverlapCounts counts) =>
        new(index, counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.TrueNegatives, counts.PredictedSize);

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
