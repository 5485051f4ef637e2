namespace SegLossBias.Experiments.Results;

/// <summary>One epoch of a run.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainLoss">Mean of the training loss over the epoch's batches, in the loss's own unit.</param>
/// <param name="ValidationLoss">The same loss after the epoch, mean over the validation cases, each by itself and whole.</param>
/// <param name="Parts">What the loss of the epoch's last batch is made of after the epoch; empty for a loss of one term.</param>
/// <param name="LearningRate">At the epoch's first step.</param>
/// <param name="Dice">Validation DSC, mean over cases and measured classes, 0 to 1.</param>
/// <param name="Iou">Validation IoU, likewise.</param>
/// <param name="TrueSize">Foreground share of all validation pixels; 1 for data without a background.</param>
/// <param name="PredictedSize">
/// Predicted foreground share of all validation pixels (largest logit). Without a background: predicted over true pixels of
/// each class, mean over the classes that occur.
/// </param>
/// <param name="Seconds">Training time of the epoch, validation not included.</param>
/// <param name="PooledDice">Validation DSC of the pixels of all cases together, mean over measured classes, 0 to 1.</param>
internal sealed record EpochRecord(
    int Epoch, double TrainLoss, double ValidationLoss, string Parts, double LearningRate,
    double Dice, double Iou, double TrueSize, double PredictedSize, double Seconds, double PooledDice = double.NaN)
{
    /// <summary>What a measure says of the epoch, the lower the better.</summary>
    public double Cost(ValidationMeasure measure) => measure switch
    {
        ValidationMeasure.Dice => -Dice,
        ValidationMeasure.PooledDice => -PooledDice,
        _ => ValidationLoss,
    };

    /// <summary>The best of some epochs, the first of equals; null if there is none.</summary>
    public static EpochRecord? Best(IEnumerable<EpochRecord> epochs, ValidationMeasure measure) =>
        epochs.MinBy(epoch => epoch.Cost(measure) is var cost && double.IsNaN(cost) ? double.PositiveInfinity : cost);
}
