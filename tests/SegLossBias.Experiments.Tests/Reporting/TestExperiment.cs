
namespace SegLossBias.Experiments.Tests.Reporting;

/// <summary>Experiments in memory.</summary>
internal static class TestExperiment
{
    public static ExperimentSettings Settings(string losses, params int[] seeds) => new()
    {
        Layout = "Folder", Size = [64, 64], Network = "UNet", Widths = [16, 32],
        Losses = [.. losses.Split(',').Select(LossSpec.Parse)], Seeds = seeds, Epochs = 3, Batch = 8,
        Optimizer = OptimizerKind.Adam, LearningRate = 1e-3, Schedule = RateSchedule.Cosine,
        Augmentation = AugmentationKind.Flips, Device = "cpu",
    };

    public static ClassResult Class(int number, long both, long predictedOnly, long trueOnly, double nsd = 0.5, double hd95 = 4) =>
        new(number, both, predictedOnly, trueOnly, 1000 - both - predictedOnly - trueOnly, both + predictedOnly, nsd, hd95, hd95 / 2);

    public static CaseResult Case(string name, params ClassResult[] classes) => new(name, 90, classes);

    public static RunResult Run(RunKey run, IReadOnlyList<CaseResult> test, IReadOnlyList<CaseResult>? validation = null, string? note = null) => new(
        run.Loss.Text, run.Seed, ["background", .. test.Concat(validation ?? []).First().Classes.Select(result => $"class {result.Class}")], "made for tests",
        [new EpochRecord(1, 0.5, double.NaN, "CE 0.5, L1 0.25", 1e-3, 0.25, 0.125, 0.01, 0.02, 1.5), new EpochRecord(2, 0.25, 0.375, "", 5e-4, 0.5, 0.25, 0.01, 0.015, 1.25)],
        validation ?? [], test, note);

    /// <summary>Random results of every run: sometimes nothing is there, sometimes nothing is predicted.</summary>
    public static ExperimentResults Random(ExperimentSettings settings, int seed, int cases = 9, int classes = 1)
    {
        var random = new Random(seed);
        var truth = Enumerable.Range(0, cases * classes).Select(_ => random.Next(5) == 0 ? 0 : random.Next(1, 200)).ToArray();
        ClassResult Measure(int item, int number)
        {
            var size = truth[(item * classes) + number - 1];
            var both = random.Next(4) == 0 ? 0 : random.Next(0, size + 1);
            return Class(number, both, random.Next(3) == 0 ? 0 : random.Next(0, 60), size - both, random.NextDouble(), 10 * random.NextDouble());
        }

        CaseResult[] Cases(string set) => [.. Enumerable.Range(0, cases).Select(item =>
            Case($"{set} {item}", [.. Enumerable.Range(1, classes).Select(number => Measure(item, number))]))];
        return new(settings, [.. settings.Runs.Select(run => Run(run, Cases("test"), Cases("validation")))], []);
    }
}
