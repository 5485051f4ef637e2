using System.Text.Json.Serialization;

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
internal sealed record EpochRecord(
    int Epoch, double TrainLoss, double ValidationLoss, string Parts, double LearningRate,
    double Dice, double Iou, double TrueSize, double PredictedSize, double Seconds);

/// <summary>A finished run, as saved in <c>result.json</c>.</summary>
/// <param name="Loss">The loss, as <see cref="LossSpec.Text"/>.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Classes">Names of all classes; a first one called background is not measured.</param>
/// <param name="Origin">Where the data comes from and how it was split.</param>
/// <param name="Epochs">All epochs, in order.</param>
/// <param name="Validation">The validation cases after the last of these epochs.</param>
/// <param name="Test">The test cases, likewise; may be empty.</param>
/// <param name="Note">Why the run ended before its last epoch, for example a loss that became NaN; null if it did not.</param>
/// <param name="Data">Which cases it had, as <see cref="DataFingerprint"/>; null in results of versions that did not save it.</param>
internal sealed record RunResult(
    string Loss, int Seed, IReadOnlyList<string> Classes, string Origin, IReadOnlyList<EpochRecord> Epochs,
    IReadOnlyList<CaseResult> Validation, IReadOnlyList<CaseResult> Test, string? Note = null, string? Data = null)
{
    /// <summary>The first class that is measured: 1 with a background, else 0.</summary>
    [JsonIgnore]
    public int FirstMeasured => MeasuredClasses.First(Classes);
}
