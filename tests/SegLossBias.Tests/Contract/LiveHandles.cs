namespace SegLossBias.Tests.Contract;

/// <summary>Counts tensor handles of this thread that nobody has disposed.</summary>
internal static class LiveHandles
{
    internal static long Count => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <summary>How many more there are after the action than before.</summary>
    internal static long LeftBy(Action action)
    {
        var before = Count;
        action();
        return Count - before;
    }
}
