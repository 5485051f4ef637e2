using System.Diagnostics;

namespace SegLossBias;

/// <summary>
/// Keeps calls of one node's backward from different threads apart. TorchSharp gives the gradients of a node to libtorch
/// in an array that the node's next call lets go of, and libtorch reads it only after the C# code has returned: were
/// that next call already running on another thread, libtorch could read freed memory and the process would end.
/// Calls on one thread follow each other anyway and wait for nothing.
/// </summary>
internal sealed class BackwardThreadGuard
{
    /// <summary>Reading the array takes microseconds; this leaves room for a thread that has to wait for a core in between.</summary>
    internal static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(100);

    private int _thread;
    private long _returned;

    /// <summary>Gives another thread that has just returned the time to have its array read. The node's own lock is held meanwhile.</summary>
    internal void Enter()
    {
        if (_thread != 0 && _thread != Environment.CurrentManagedThreadId && Stopwatch.GetElapsedTime(_returned) is var passed && passed < Distance)
        {
            Thread.Sleep(Distance - passed + TimeSpan.FromMilliseconds(1)); // It counts whole milliseconds.
        }
    }

    /// <summary>To be called last.</summary>
    internal void Leave() => (_thread, _returned) = (Environment.CurrentManagedThreadId, Stopwatch.GetTimestamp());
}
