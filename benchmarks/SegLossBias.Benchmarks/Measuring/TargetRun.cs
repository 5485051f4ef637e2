using System.Diagnostics;
using System.Globalization;
using SegLossBias.Benchmarks.Cases;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>What weights of the pixels and soft labels cost: each loss with hard labels, with weights and with soft labels, and libtorch's cross-entropy of the same soft labels, in turn.</summary>
internal static class TargetRun
{
    private const int FewestRounds = 5;

    public static void Run(Settings settings)
    {
        Console.WriteLine("# shape loss hard_ms weighted_ms soft_ms soft_ce_ms weighted/hard soft/hard soft/soft_ce");
        var clock = Stopwatch.StartNew();
        var done = 0;
        foreach (var shape in settings.Shapes.OrderBy(shape => shape.Elements))
        {
            using var scene = new Scene(shape, settings.Backward);
            using var small = new Scene(shape.Small(), differentiable: true);
            foreach (var loss in settings.Losses)
            {
                var left = (settings.Shapes.Length * settings.Losses.Length) - done++;
                var times = Measure(loss, scene, small, (TimeSpan.FromSeconds(settings.Seconds) - clock.Elapsed) / left);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{shape} {loss} {times[0]:F3} {times[1]:F3} {times[2]:F3} {times[3]:F3} {times[1] / times[0]:F3} {times[2] / times[0]:F3} {times[2] / times[3]:F3}"));
                GC.Collect();
            }
        }
    }

    /// <summary>Medians in milliseconds.</summary>
    private static double[] Measure(string loss, Scene scene, Scene small, TimeSpan time)
    {
        Implementation[] contestants = [Implementation.Candidate(loss), Implementation.Weighted(loss), Implementation.Soft(loss), Implementation.SoftCrossEntropy()];
        var times = Rounds.Medians(contestants, scene, small, time, FewestRounds);
        Array.ForEach(contestants, contestant => contestant.Dispose());
        return times;
    }
}
