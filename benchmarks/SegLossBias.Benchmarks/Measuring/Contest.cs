using System.Diagnostics;
using SegLossBias.Benchmarks.Cases;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>Candidate, baselines and floor of one shape and loss, timed in turn so that all meet the same disturbances.</summary>
internal sealed class Contest : IDisposable
{
    private const int WarmUps = 32;
    private const int FewestRounds = 5;
    private const int FewestSlowRounds = 3;
    private const int MostRounds = 300;

    private const int WarmUpPhases = 4;

    /// <summary>For the background compiler; what was called 30 times gets its next form.</summary>
    private static readonly TimeSpan CompilerPause = TimeSpan.FromMilliseconds(30);

    private readonly string _loss;
    private readonly Scene _scene;
    private readonly Implementation _candidate;
    private readonly Implementation _crossEntropy = Implementation.CrossEntropy();
    private readonly Implementation _reference;
    private readonly MemoryFloor _floor;

    public Contest(string loss, Scene scene, bool isComposed)
    {
        _loss = loss;
        _scene = scene;
        _candidate = Implementation.Candidate(loss, isComposed);
        _reference = Implementation.Reference(loss);
        _floor = new MemoryFloor(scene);
    }

    /// <summary>Compiles all code to its final form and checks that the reference computes the same.</summary>
    public void WarmUp(Scene small)
    {
        Agreement.Demand(_loss, _candidate, _reference, small);
        for (var phase = 0; phase < WarmUpPhases; phase++)
        {
            for (var i = 0; i < WarmUps; i++)
            {
                _candidate.Evaluate(small);
                _crossEntropy.Evaluate(small);
                _ = _floor.Pass();
            }

            Thread.Sleep(CompilerPause);
        }

        Agreement.Demand(_loss, _candidate, _reference, _scene);
        _crossEntropy.Evaluate(_scene);
    }

    /// <summary>Rounds for about this long, a few at least; the slow reference takes part in fewer. Medians in milliseconds.</summary>
    public Times Run(TimeSpan time)
    {
        var (candidate, crossEntropy, reference, floor) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < FewestRounds || (round < MostRounds && clock.Elapsed < time); round++)
        {
            candidate.Add(Milliseconds(() => _candidate.Evaluate(_scene)));
            crossEntropy.Add(Milliseconds(() => _crossEntropy.Evaluate(_scene)));
            if (reference.Count < FewestSlowRounds || reference.Sum() < clock.Elapsed.TotalMilliseconds / 2)
            {
                reference.Add(Milliseconds(() => _reference.Evaluate(_scene)));
            }

            floor.Add(Milliseconds(() => _floor.Pass()));
        }

        return new Times(Median.Of(candidate), Median.Of(crossEntropy), Median.Of(reference), Median.Of(floor));
    }

    public void Dispose()
    {
        _candidate.Dispose();
        _crossEntropy.Dispose();
        _reference.Dispose();
    }

    private static double Milliseconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
