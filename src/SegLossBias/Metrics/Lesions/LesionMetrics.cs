namespace SegLossBias;

/// <summary>Lesion-wise detection of a data set: which connected components were found, whatever their size.</summary>
/// <remarks>
/// Lesions are the connected components of a class in an image. Pairs of a true and a predicted lesion with IoU ≥ the threshold (and
/// above 0) are taken from the largest IoU down, each lesion once; of equal ones, that of the lower true number first, in the order of
/// <see cref="ConnectedComponents"/>. TP pairs, FP predicted and FN true lesions are left:
/// <code>
/// recall = TP / (TP + FN),   precision = TP / (TP + FP),   F1 = 2 TP / (2 TP + FP + FN)
/// lesion-wise DSC = Σ_TP DSC / (TP + FP + FN),   PQ = Σ_TP IoU / (TP + ½ FP + ½ FN)
/// </code>
/// All lie in 0 to 1. Without a true and a predicted lesion all are NaN; without a true one recall is, without a predicted one precision.
/// An ignored pixel belongs to no lesion, and parts one that it cuts. Greedy one-to-one matching as in Maier-Hein et al., "Metrics
/// reloaded", Nature Methods 21 (2024), arXiv:2206.01653; lesion-wise DSC with 0 for false ones as in the BraTS 2023 challenge.
/// </remarks>
public sealed class LesionMetrics : CountMetrics<LesionCounts, LesionMetric>
{
    private const string ThresholdName = "minimumIoU";
    private const string ConnectivityName = "connectivity";

    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public LesionMetrics(int classes)
        : base(classes)
    {
    }

    /// <summary>The IoU from which two lesions match, 0 to 1; 0.1 by default, 0 for any overlap. Above 0.5 no lesion has two partners to choose from.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public double MinimumIoU { get; init => field = SettingCheck.Share(value, nameof(MinimumIoU), "0 lets any overlap match"); } = 0.1;

    /// <summary>Which pixels are neighbours; with faces, edges and corners by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such connectivity.</exception>
    public Connectivity Connectivity
    {
        get;
        init => field = SettingCheck.Defined(value, nameof(Connectivity));
    }

    private protected override string Prefix => "Lesion";

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(LesionMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        MetricLayout.EnsureSame(nameof(MinimumIoU), MinimumIoU, other.MinimumIoU);
        MetricLayout.EnsureSame(nameof(Connectivity), Connectivity, other.Connectivity);
        Append(other);
    }

    /// <summary>Writes settings and counts as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => (MetricFile<double[]>.Of(nameof(LesionMetrics), Layout, null, [.. Rows.Select(image => image.Select(Cell).ToArray())]) with
    {
        Settings = new() { [ThresholdName] = MinimumIoU, [ConnectivityName] = (int)Connectivity },
    }).Save(path);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, or counts that cannot be.</exception>
    public static LesionMetrics Load(string path)
    {
        var saved = MetricFile<double[]>.Load(path, nameof(LesionMetrics), file =>
            file.FlawOfSetting(ThresholdName, IsThreshold) ?? file.FlawOfSetting(ConnectivityName, value => value is 0 or 1)
            ?? (file.Images.SelectMany(row => row).All(IsCell) ? null : "a class has whole numbers TP, FP and FN and sums of DSC and IoU that fit them"));
        var metrics = new LesionMetrics(saved.Classes)
        {
            Mode = saved.Mode,
            Selection = saved.Selection,
            IgnoreIndex = saved.IgnoreIndex,
            IgnoreIndices = saved.IgnoreIndices ?? [],
            MinimumIoU = saved.Settings![ThresholdName],
            Connectivity = (Connectivity)(int)saved.Settings[ConnectivityName],
        };
        metrics.Append(saved.Images.Select(row => row.Select(cell => new LesionCounts((long)cell[0], (long)cell[1], (long)cell[2], cell[3], cell[4])).ToArray()));
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{nameof(LesionMetrics)} {{ {MetricLayout.Text(() => Layout)}, MinimumIoU = {MinimumIoU}, Connectivity = {Connectivity} }}, {Images} images");

    private protected override LesionCounts[][] Count(LabelPair labels)
    {
        var shape = StructureMasks.Flat(labels);
        var plane = new ComponentPlane([.. shape.Select(size => (long)size)], Connectivity);
        return [.. Enumerable.Range(0, labels.Images).Select(image => Evaluated.Select(@class =>
            LesionMatching.Of(StructureMasks.Predicted(labels, image, @class), StructureMasks.True(labels, image, @class), plane, MinimumIoU)).ToArray())];
    }

    private protected override StructureValue ValueOf(LesionCounts scores, LesionMetric metric) => new(scores.Value(metric), scores.Empty);

    private protected override EmptyCase EmptyOf(LesionCounts scores) => scores.Empty;

    private protected override MetricKind KindOf(LesionMetric metric) => MetricKind.Score;

    private static bool IsThreshold(double value) => value is >= 0 and <= 1;

    private static double[] Cell(LesionCounts counts) => [counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.DiceSum, counts.IoUSum];

    private static bool IsCell(double[]? cell) => cell is [var tp, var fp, var fn, var dice, var ioU]
        && new[] { tp, fp, fn }.All(count => count is >= 0 and <= int.MaxValue && double.IsInteger(count))
        && ioU >= 0 && ioU <= dice && dice <= tp;
}
