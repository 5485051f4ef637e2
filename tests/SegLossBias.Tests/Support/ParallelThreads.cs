using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace SegLossBias.Tests.Support;

/// <summary>
/// The threads that take part in parallel loops, from the events that the runtime raises on each of them. Each one waits there
/// until all that are expected have come, so that one thread does not take the work of another.
/// </summary>
internal sealed class ParallelThreads : EventListener
{
    private const string Source = "System.Threading.Tasks.Parallel.EventSource";
    private const string ThreadJoins = "ParallelFork";

    private readonly ConcurrentDictionary<int, bool> _seen = new();
    private volatile int _expected = 1;

    /// <summary>Threads since the last call of <see cref="Expect"/>, the caller among them, who works even where there is no loop.</summary>
    internal int Count => _seen.Count;

    internal void Expect(int threads)
    {
        _seen.Clear();
        _seen[Environment.CurrentManagedThreadId] = true;
        _expected = threads;
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.LogAlways, EventKeywords.All);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName == ThreadJoins)
        {
            _seen[Environment.CurrentManagedThreadId] = true;
            SpinWait.SpinUntil(() => _seen.Count >= _expected, TimeSpan.FromSeconds(20));
        }
    }
}
