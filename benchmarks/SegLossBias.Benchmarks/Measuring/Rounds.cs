using System.Diagnostics;
using SegLossBias.Benchmarks.Cases;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>Implementations timed in turn, so that all meet the same disturbances.</summary>
internal static class Rounds
{
    private const int WarmUps = 32;
    private const int WarmUpPhases = 4;
    private const int Most = 200;

    /// <summary>For the background compiler.</summary>
    private static readonly TimeSpan CompilerPause = TimeSpan.FromMilliseconds(30);

    /// <summary>Medians in milliseconds.</summary>
    /// <param name="contestants">Compiled to their final form first, on a small scene.</param>
    /// <param name="scene">What is timed.</param>
    /// <param name="small">A small one.</param>
    /// <param name="time">About how long.</param>
    /// <param name="fewest">Rounds that there are at least.</param>
    public static double[] Medians(Implementation[] contestants, Scene scene, Scene small, TimeSpan time, int fewest)
    {
        for (var phase = 0; phase < WarmUpPhases; phase++)
        {
            for (var i = 0; i < WarmUps; i++)
            {
                Array.ForEach(contestants, contestant => contestant.Evaluate(small));
            }

            Thread.Sleep(CompilerPause);
        }

        Array.ForEach(contestants, contestant => contestant.Evaluate(scene));
        var times = contestants.Select(_ => new List<double>()).ToArray();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < fewest || (round < Most && clock.Elapsed < time); round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                contestants[i].Evaluate(scene);
                times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return [.. times.Select(Median.Of)];
    }
}
