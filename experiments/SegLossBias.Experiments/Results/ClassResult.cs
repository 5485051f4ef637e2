using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Results;

/// <summary>What a network made of one class of one case. Surface metrics are measured after the last epoch only, else NaN.</summary>
/// <param name="Class">The class; a first class called background is not measured.</param>
/// <param name="TruePositives">Pixels of the class predicted as such.</param>
/// <param name="FalsePositives">Other pixels predicted as the class.</param>
/// <param name="FalseNegatives">Pixels of the class not predicted as such.</param>
/// <param name="TrueNegatives">Other pixels not predicted as the class.</param>
/// <param name="Soft">Sum of the predicted probabilities of the class, in pixels.</param>
/// <param name="Nsd">Normalised surface distance at the experiment's tolerance, 0 to 1; NaN when both masks are empty.</param>
/// <param name="Hd95">95th percentile of the Hausdorff distance, in mm; ∞ when a mask is empty.</param>
/// <param name="Asd">Average symmetric surface distance, in mm; ∞ when one mask is empty.</param>
internal sealed record ClassResult(
    int Class, long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives, double Soft,
    double Nsd = double.NaN, double Hd95 = double.NaN, double Asd = double.NaN)
{
    [JsonIgnore]
    public OverlapCounts Counts => new(TruePositives, FalsePositives, FalseNegatives, TrueNegatives);
}

/// <summary>What a network made of one case.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="DiagonalMm">Of the picture or volume: what a distance counts where one mask is empty.</param>
/// <param name="Classes">The measured classes in order.</param>
/// <param name="Group">What the case shares with others, such as the patient; null where it stands alone.</param>
internal sealed record CaseResult(string Name, double DiagonalMm, IReadOnlyList<ClassResult> Classes, string? Group = null);
