namespace SegLossBias.Experiments.Reporting;

/// <summary>What the runs of this process still have before them, and how long it takes by the epochs it has trained itself.</summary>
/// <param name="runs">Runs that this process will begin.</param>
/// <param name="epochs">Epochs of each.</param>
/// <param name="elapsed">Since training began.</param>
internal sealed class TimeLeft(int runs, int epochs, Func<TimeSpan> elapsed)
{
    private int _begun;
    private int _leftOfRun;
    private int _trained;

    /// <summary>Of all runs.</summary>
    public int Epochs => ((runs - _begun) * epochs) + _leftOfRun;

    /// <summary>A run begins; the one before is over, with or without all of its epochs.</summary>
    /// <param name="finished">Epochs of it that an earlier process trained.</param>
    public void Begin(int finished)
    {
        _begun++;
        _leftOfRun = epochs - finished;
    }

    public void EpochTrained()
    {
        _trained++;
        _leftOfRun--;
    }

    /// <summary>After the first epoch: the epochs that are left, at the mean time of those trained.</summary>
    public TimeSpan Estimate() => elapsed() / _trained * Epochs;
}
