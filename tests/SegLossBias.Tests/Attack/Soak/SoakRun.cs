using System.Collections.Concurrent;
using System.Diagnostics;

namespace SegLossBias.Tests.Attack.Soak;

/// <summary>What was seen at one moment.</summary>
/// <param name="Seconds">Since the start.</param>
/// <param name="Steps">Of all threads.</param>
/// <param name="ProcessMegabytes">Resident memory of the process.</param>
/// <param name="ManagedMegabytes">The heap of the collector, after a collection.</param>
/// <param name="Handles">Tensors that nobody has disposed, on all threads. In the middle of a step there are some.</param>
internal sealed record SoakSample(double Seconds, long Steps, double ProcessMegabytes, double ManagedMegabytes, long Handles);

/// <summary>Several threads train while another one allocates, collects and looks at the memory.</summary>
internal sealed class SoakRun(long steps, TimeSpan time, int threads) : IDisposable
{
    private const int Samples = 400;

    private readonly ConcurrentQueue<string> _problems = new();
    private readonly ManualResetEventSlim _isOver = new();
    private readonly Stopwatch _watch = new();
    private long _next;
    private long _done;
    private long _left;

    /// <summary>Gets about twenty samples of the run.</summary>
    internal Action<SoakSample> Progress { get; init; } = _ => { };

    /// <summary>What threw, or was not finite.</summary>
    internal IReadOnlyCollection<string> Problems => _problems;

    /// <summary>Tensors that steps have left, all together.</summary>
    internal long HandlesLeft => Interlocked.Read(ref _left);

    public void Dispose() => _isOver.Dispose();

    internal List<SoakSample> Run()
    {
        _watch.Start();
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(number => new Thread(() => Train(new SoakModel(number))))];
        var pressure = new Thread(Allocate);
        pressure.Start();
        Array.ForEach(workers, worker => worker.Start());
        var samples = new List<SoakSample>();
        while (workers.Any(worker => worker.IsAlive))
        {
            Thread.Sleep(TimeSpan.FromSeconds(samples.Count < 10 ? 0.5 : 2));
            Take(samples);
        }

        _isOver.Set();
        pressure.Join();
        Take(samples);
        return samples;
    }

    private void Train(SoakModel model)
    {
        while (_watch.Elapsed < time && _problems.IsEmpty && Interlocked.Increment(ref _next) is var step && step <= steps)
        {
            try
            {
                Interlocked.Add(ref _left, model.Step(step));
            }
            catch (Exception exception)
            {
                _problems.Enqueue(exception.ToString());
            }

            Interlocked.Increment(ref _done);
        }
    }

    /// <summary>The collector under pressure: garbage of all sizes, and full collections.</summary>
    private void Allocate()
    {
        for (var round = 0; !_isOver.IsSet; round++)
        {
            var kept = Enumerable.Range(0, 100).Select(size => new byte[1 << (size % 17)]).ToArray();
            GC.KeepAlive(kept);
            GC.Collect(round % 10 == 0 ? 2 : 0, GCCollectionMode.Forced, blocking: true);
            Thread.Sleep(5);
        }
    }

    private void Take(List<SoakSample> samples)
    {
        using var process = Process.GetCurrentProcess();
        GC.Collect();
        var managed = GC.GetGCMemoryInfo(GCKind.FullBlocking).HeapSizeBytes;
        var sample = new SoakSample(_watch.Elapsed.TotalSeconds, Interlocked.Read(ref _done), process.WorkingSet64 / 1e6, managed / 1e6, Tensor.TotalCount);
        samples.Add(sample);
        if (samples.Count % (Samples / 20) == 0)
        {
            Progress(sample);
        }
    }
}
