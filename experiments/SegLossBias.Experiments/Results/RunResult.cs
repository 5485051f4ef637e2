using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Results;

/// <summary>A finished run, as saved in <c>result.json</c>.</summary>
/// <param name="Loss">The loss, as <see cref="LossSpec.Text"/>.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Classes">Names of all classes; a first one called background is not measured.</param>
/// <param name="Origin">Where the data comes from and how it was split.</param>
/// <param name="Epochs">All epochs, in order.</param>
/// <param name="Validation">The validation cases after the last of these epochs.</param>
/// <param name="Test">The test cases, likewise; may be empty.</param>
/// <param name="Note">Why the run ended before its last epoch, for example a loss that became NaN; null if it did not.</param>
/// <param name="Best">The epoch that did best on the validation cases; null if no epoch was finished.</param>
/// <param name="Data">Which cases it had, as <see cref="DataFingerprint"/>; null in results of versions that did not save it.</param>
internal sealed record RunResult(
    string Loss, int Seed, IReadOnlyList<string> Classes, string Origin, IReadOnlyList<EpochRecord> Epochs,
    IReadOnlyList<CaseResult> Validation, IReadOnlyList<CaseResult> Test, string? Note = null, string? Data = null,
    BestEpoch? Best = null)
{
    /// <summary>The first class that is measured: 1 with a background, else 0.</summary>
    [JsonIgnore]
    public int FirstMeasured => MeasuredClasses.First(Classes);
}
