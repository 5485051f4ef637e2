using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>clDice: overlap of the centre lines, for vessels, neurons and roads, whose connections matter more than their widths.</summary>
/// <remarks>
/// With the soft skeletons S(p) and S(y) of class k, over the pixels of the batch (default) or of each image:
/// <code>
/// L = mean_k 1 − 2·a·b / (a + b),   a = (Σ S(p)·y + s) / (Σ S(p) + s),   b = (Σ S(y)·p + s) / (Σ S(y) + s)      0 ≤ L ≤ 1
/// </code>
/// a is the share of the predicted centre line that lies in the true region, b that of the true one in the prediction.
/// The skeleton of an image x is what opening removes, x − dilate(erode(x)), of x and of <see cref="Iterations"/> repeated erosions; each
/// adds r − S·r of what it removes, r, to S. Erosion is the minimum over a pixel and its neighbours along each axis, dilation the
/// maximum over the 3×3 or 3×3×3 pixels around it. Images have 1, 2 or 3 axes; the centre of a stretch of one axis is its middle.
/// <para>
/// It says nothing of widths: add it to Dice, as below. Choose the classes: the centre line of a background has no meaning.
/// Ignored pixels are as if they were beyond the border. Weights of the pixels weigh the sums and not the skeletons.
/// Where several pixels of a window are equal, the gradient goes to one of them, as libtorch's pooling has it, and where the minima
/// along two axes are equal, half to each: it is one of several subgradients. A fraction whose denominator is 0, which
/// s = 0 allows, counts 0. A batch or an image without valid pixels gives 0 with zero gradient.
/// The published code adds over all classes and images at once: <see cref="JoinsClasses"/>.
/// </para>
/// Shit et al., arXiv:2003.07311, Eq. 1 to 3 and Alg. 1 and 2.
/// </remarks>
/// <example><code>
/// // (1 − α)·Dice + α·clDice, α = 0.5
/// var vessels = ClassSelection.WithoutBackground;
/// var loss = new SegmentationLoss(
///     0.5 * new Dice { Smoothing = 1, Absent = AbsentClass.Keep, Classes = vessels } + 0.5 * new CenterlineDice { Classes = vessels });
/// </code></example>
public sealed class CenterlineDice() : PixelTerm("clDice")
{
    /// <summary>How often images are eroded, ≥ 0: at least the largest radius of a structure in pixels. The published code has 3 and up to 50.</summary>
    public int Iterations
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Iterations), value, "the number of erosions must not be negative; take the largest radius in pixels.");
    } = 3;

    /// <summary>s ≥ 0, in pixels of centre line; the published code has 1.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing, in pixels,"); } = 1;

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>What a class without a pixel in the target counts; it stays in the formula by default.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); } = AbsentClass.Keep;

    /// <summary>The classes that count.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <summary>Whether sums go over all classes, with one value; false, the default, for the mean over classes.</summary>
    public bool JoinsClasses { get; init; }

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Tensor Selected(Tensor entries) => ClassValues.Of(Classes, entries, pixels.Classes);
        var (p, y) = (Selected(pixels.Probability), Selected(pixels.Target));
        var weights = pixels.EntryWeights is { } given ? Selected(given) : null;
        Tensor Sum(Tensor entries)
        {
            var sums = ClassValues.Pooled(entries.WeightedBy(weights).sum(-1), Pooling);
            return JoinsClasses ? sums.sum(1, keepdim: true) : sums;
        }

        var skeleton = new SoftSkeleton(pixels.Space, pixels.IgnoredEntries is { } ignored ? Selected(ignored) : null);
        var (ofPrediction, ofTruth) = (skeleton.Of(p, Iterations), skeleton.Of(y, Iterations));
        Tensor Share(Tensor part, Tensor whole) => ClassValues.Ratio(Sum(part).Plus(Smoothing), Sum(whole).Plus(Smoothing));
        var (precision, sensitivity) = (Share(ofPrediction.mul(y), ofPrediction), Share(ofTruth.mul(p), ofTruth));
        var loss = ClassValues.Ratio(precision.mul(sensitivity), precision.Plus(sensitivity)).Times(2).OneMinus();
        return ClassValues.Mean(weights is null ? loss : loss.ZeroWhere(Sum(ones_like(p)).IsZero()), Sum(y), Absent, Pooling);
    }
}
