using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Hausdorff distance loss: errors weighed by how far they are from the borders.</summary>
/// <remarks>
/// With the distances d of each pixel to the nearest pixel on the other side of the border, of the region y and of the prediction p > ½:
/// <code>
/// L = mean_k Σ (p − y)²·(d_p^α + d_y^α) / |V|      L ≥ 0,  in pixels^α
/// </code>
/// over the |V| pixels of the batch (default) or of each image; with <see cref="Log"/> log(1 + L). It is a smooth stand-in for the
/// Hausdorff distance: errors far from the border count most. d is exact, between the centres of pixels, and 0 everywhere where there
/// is no border: where the region, or the prediction, is empty or everything. d has no gradient. It is found on the CPU, so that another
/// device waits for it, two transforms for each image, class and d; <see cref="Map"/> spares those of y. Ignored pixels are on
/// neither side of a border and count nothing; weights of the pixels weigh the sum and |V|. Where p crosses ½ the loss may jump. In
/// multiclass mode no class may have p > ½ at a pixel, which then is inside none. A batch or an image without valid pixels gives 0
/// with zero gradient. It is large in the beginning: add it to a region loss with a small weight, or take the logarithm.
/// MONAI's <c>HausdorffDTLoss</c> leaves out the background: <see cref="Classes"/>; <c>LogHausdorffDTLoss</c> is that of <see cref="Log"/> over the batch.
/// Karimi and Salcudean, arXiv:1904.10030, Eq. 8 (α = 2).
/// </remarks>
public sealed class HausdorffDistance() : PixelTerm("Hausdorff")
{
    /// <summary>α &gt; 0, the power of distances; the paper has 2.</summary>
    public double Alpha { get; init => field = SettingCheck.Positive(value, "α, the power of distances,"); } = 2;

    /// <summary>Whether the value is log(1 + L).</summary>
    public bool Log { get; init; }

    /// <summary>The name of a map of the target with d_y, which <see cref="BorderDistanceMap"/> makes, in the data loader for example; null, the default, to find d_y at each call. Its sign is not read.</summary>
    public string? Map
    {
        get;
        init
        {
            if (value is not null)
            {
                ArgumentException.ThrowIfNullOrWhiteSpace(value);
            }

            field = value;
        }
    }

    /// <summary>Distance between neighbouring pixels along each axis, in mm; null, the default, for distances in pixels.</summary>
    public IReadOnlyList<double>? SpacingMm { get; init => field = value is null ? null : [.. value]; }

    /// <summary>Means over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>What a class without a pixel in the target counts; it stays in the formula by default.</summary>
    public AbsentClass Absent { get; init => field = SettingCheck.Defined(value); } = AbsentClass.Keep;

    /// <summary>The classes to average.</summary>
    public ClassSelection Classes { get; init => field = SettingCheck.NotNull(value); } = ClassSelection.All;

    /// <inheritdoc/>
    protected internal override IReadOnlyCollection<string> Maps => Map is null ? [] : [Map];

    /// <inheritdoc/>
    protected internal override IReadOnlyCollection<string> DistanceMaps => Maps;

    /// <inheritdoc/>
    protected override Tensor Evaluate(Pixels pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Tensor Selected(Tensor entries) => ClassValues.Of(Classes, entries, pixels.Classes);
        Tensor Sum(Tensor entries) => ClassValues.Pooled(entries.sum(-1), Pooling);
        var (p, y) = (Selected(pixels.Probability), Selected(pixels.Target));
        var ignored = pixels.IgnoredEntries is { } given ? Selected(given) : null;
        var weights = pixels.EntryWeights is { } ofEntries ? Selected(ofEntries) : null;

        Tensor Far(Tensor distance) => distance.Magnitude().Power(Alpha);
        Tensor Distances(Tensor share) => BorderDistances.Of(share.detach().Plus(-0.5).IsPositive(), ignored, [.. pixels.Space], SpacingMm?.ToArray(), share.dtype);
        var far = Far(Distances(p)).Plus(Far(Map is null ? Distances(y) : Selected(pixels.Map(Map))));
        var error = p.sub(y).Squared().mul(far);
        var loss = ClassValues.Ratio(Sum(error.WeightedBy(weights)), Sum((weights ?? ones([1, 1, 1], p.dtype, p.device)).expand_as(p)));
        var mean = ClassValues.Mean(loss, Sum(y.WeightedBy(weights)), Absent, Pooling);
        return Log ? mean.log1p() : mean;
    }
}
