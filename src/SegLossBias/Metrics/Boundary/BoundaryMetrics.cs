namespace SegLossBias;

/// <summary>Boundary IoU of a data set: overlap of the pixels near the borders alone, so that large structures are judged by their outline.</summary>
/// <remarks>
/// For a mask M of an image with n_a pixels along axis a, and d = max(1, round(ratio · √(Σ_a n_a²))):
/// <code>
/// M_d = pixels of M within d pixels of a pixel outside of M (chessboard distance; beyond the image is outside)
/// boundary IoU = |T_d ∩ P_d| / |T_d ∪ P_d|          0 to 1
/// </code>
/// Kept are the counts (<see cref="OverlapCounts"/>) of T_d and P_d, so that every <see cref="OverlapMetric"/> of the bands can be
/// read; IoU is the published one, and a report has IoU and Dice. NaN when both masks are empty, 0 when one is. An ignored pixel is
/// background in both masks. Cheng et al., arXiv:2103.16562, and its <c>mask_to_boundary</c>. 2D as there; 1D and 3D alike. Axes of
/// size 1 before the others do not count: a volume of one slice is a picture, and a picture of one row a line.
/// </remarks>
public sealed class BoundaryMetrics : CountMetrics<OverlapCounts, OverlapMetric>
{
    private const string RatioName = "distanceRatio";

    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public BoundaryMetrics(int classes)
        : base(classes)
    {
    }

    /// <summary>The width of the band as a part of the image's diagonal in pixels, above 0 and at most 1; 0.02 as published.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public double DistanceRatio { get; init => field = SettingCheck.PositiveShare(value, nameof(DistanceRatio), "the published one is 0.02"); } = 0.02;

    private protected override string Prefix => "Boundary";

    private protected override IEnumerable<OverlapMetric> Reported => [OverlapMetric.IoU, OverlapMetric.Dice];

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(BoundaryMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        MetricLayout.EnsureSame(nameof(DistanceRatio), DistanceRatio, other.DistanceRatio);
        Append(other);
    }

    /// <summary>Writes settings and counts as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => OverlapFile.Save(path, nameof(BoundaryMetrics), Layout, Rows, new() { [RatioName] = DistanceRatio });

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, or counts that cannot be.</exception>
    public static BoundaryMetrics Load(string path)
    {
        var (saved, images) = OverlapFile.LoadBands(path, nameof(BoundaryMetrics), file => file.FlawOfSetting(RatioName, IsRatio));
        var metrics = new BoundaryMetrics(saved.Classes) { Mode = saved.Mode, Selection = saved.Selection, IgnoreIndex = saved.IgnoreIndex, IgnoreIndices = saved.IgnoreIndices ?? [], DistanceRatio = saved.Settings![RatioName] };
        metrics.Append(images);
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    /// <returns>For example <c>BoundaryMetrics { Classes = 2, Mode = Multiclass, Evaluated = [1], IgnoreIndex = none, DistanceRatio = 0.02 }, 12 images</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"{nameof(BoundaryMetrics)} {{ {MetricLayout.Text(() => Layout)}, DistanceRatio = {DistanceRatio} }}, {Images} images");

    private protected override OverlapCounts[][] Count(LabelPair labels)
    {
        var shape = StructureMasks.Flat(labels);
        var diagonal = Math.Sqrt(shape.Sum(size => (double)size * size));
        var distance = Math.Max(1, (int)Math.Round(DistanceRatio * diagonal));
        return [.. Enumerable.Range(0, labels.Images).Select(image => Evaluated.Select(@class =>
        {
            var predicted = BoundaryBand.Of(StructureMasks.Predicted(labels, image, @class), shape, distance);
            var truth = BoundaryBand.Of(StructureMasks.True(labels, image, @class), shape, distance);
            var (common, predictedSize, trueSize) = (predicted.Zip(truth).LongCount(pair => pair.First && pair.Second), predicted.LongCount(isIn => isIn), truth.LongCount(isIn => isIn));
            return new OverlapCounts(common, predictedSize - common, trueSize - common, StructureMasks.Valid(labels, image, @class) - predictedSize - trueSize + common);
        }).ToArray())];
    }

    private protected override StructureValue ValueOf(OverlapCounts scores, OverlapMetric metric) => new(scores.Value(metric), scores.Empty);

    private protected override EmptyCase EmptyOf(OverlapCounts scores) => scores.Empty;

    private protected override MetricKind KindOf(OverlapMetric metric) => OverlapCounts.KindOf(metric);

    private static bool IsRatio(double value) => value is > 0 and <= 1;
}
