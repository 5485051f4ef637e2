namespace SegLossBias.Training;

/// <summary>One network trained with one loss from one seed.</summary>
internal sealed class Run(string loss, int seed)
{
    public string Loss => loss;

    public int Seed => seed;

    /// <summary>The finished epochs, in order.</summary>
    public List<EpochResult> Epochs { get; } = [];

    /// <summary>The validation pictures after the last finished epoch.</summary>
    public IReadOnlyList<Counts> Validation { get; set; } = [];

    /// <summary>The test pictures after the last epoch; empty where there are none or the run was cut short.</summary>
    public IReadOnlyList<Counts> Test { get; set; } = [];

    /// <summary>Predicted masks of the validation pictures that the overlay shows, by index.</summary>
    public Dictionary<int, byte[]> Masks { get; } = [];

    /// <summary>Why the run ended early, if it did.</summary>
    public string? Note { get; set; }

    public double SecondsPerEpoch => Epochs.Average(epoch => epoch.Seconds);
}

/// <param name="Epoch">From 1.</param>
/// <param name="TrainLoss">Mean of the training loss over the epoch's batches, in the loss's own unit.</param>
/// <param name="Parts">What the loss of the epoch's last batch is made of after the epoch; empty for a loss of one term.</param>
/// <param name="Validation">Scores on the validation pictures after the epoch.</param>
/// <param name="Seconds">Training time of the epoch, validation not included.</param>
internal sealed record EpochResult(int Epoch, double TrainLoss, string Parts, Score Validation, double Seconds);
