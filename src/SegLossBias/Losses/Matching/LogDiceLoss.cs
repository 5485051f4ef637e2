using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Logarithmic Dice loss, the form whose decomposition shows the hidden region-size bias.</summary>
/// <remarks>
/// <code>
/// L = 1/K Σ_k −log max(D_k, ε),   0 ≤ L ≤ −log ε,   L ≥ the linear Dice loss
/// </code>
/// D_k = (2I+s)/max(P+T+s, ε) from the pixels of the batch (default) or of each image, in binary mode of the foreground
/// alone (App. B). A class without a pixel in the target counts 0 in the mean unless <see cref="AbsentClass"/> says
/// otherwise; a batch without valid pixels gives 0. Below ε there is no gradient, as in the reference.
/// Liu et al., arXiv:2104.08717, Sec. 2 and App. B; Milletari et al., arXiv:1606.04797.
/// </remarks>
/// <param name="pooling">Sums over the batch or over each image.</param>
/// <param name="smooth">s ≥ 0, in pixels.</param>
/// <param name="epsilon">ε &gt; 0, in pixels for the denominator.</param>
/// <param name="absent">What a class without a pixel counts.</param>
/// <param name="classes">The classes to average; null for all.</param>
/// <param name="mode">How the logits are read.</param>
/// <param name="ignoreIndex">The label of pixels to leave out.</param>
/// <param name="reduction">See <see cref="SegmentationLoss"/>; <c>None</c> needs <see cref="DicePooling.Image"/>, and a pooled batch counts as one image.</param>
public sealed class LogDiceLoss(
    DicePooling pooling = DicePooling.Batch,
    double smooth = 0,
    double epsilon = 1e-7,
    AbsentClass absent = AbsentClass.CountZero,
    ClassSelection? classes = null,
    SegmentationMode mode = SegmentationMode.Multiclass,
    long? ignoreIndex = null,
    Reduction reduction = Reduction.Mean)
    : SoftDiceLoss("LogDice", pooling, smooth, epsilon, absent, classes, mode, ignoreIndex, reduction)
{
    private protected override Tensor FromScore(Tensor score) => score.AtLeast(Epsilon).log().neg();

    private protected override (double Value, double Slope) FromScore(double score) =>
        (-Math.Log(Math.Max(score, Epsilon)), score >= Epsilon ? -1 / score : 0);
}
