namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>Keeps what a run tells, and stops it after so many steps.</summary>
internal sealed class RecordedProgress(int stopAfter = int.MaxValue) : ITrainingProgress, IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Stop => _source.Token;

    public int Finished { get; private set; } = -1;

    public List<double> Steps { get; } = [];

    public List<EpochRecord> Epochs { get; } = [];

    public List<(int Finished, string Why)> Restarts { get; } = [];

    public void Begin(int finished) => Finished = finished;

    public void Again(int finished, string why) => Restarts.Add((finished, why));

    public void Step(double loss)
    {
        Steps.Add(loss);
        if (Steps.Count == stopAfter)
        {
            _source.Cancel();
        }
    }

    public void Epoch(EpochRecord epoch) => Epochs.Add(epoch);

    public void Dispose() => _source.Dispose();
}
