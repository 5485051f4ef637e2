namespace SegLossBias;

/// <summary>Centre-line Dice (clDice) of a data set: how much of the centre line of each mask lies in the other one, for vessels, roads and nerves.</summary>
/// <remarks>
/// P and T are the masks of a class in an image, S_P and S_T their centre lines (<see cref="Thinning"/>):
/// <code>
/// topology precision = |S_P ∩ T| / |S_P|,   topology sensitivity = |S_T ∩ P| / |S_T|
/// clDice = 2·precision·sensitivity / (precision + sensitivity)          0 to 1
/// </code>
/// clDice is 0 where one mask is empty, and NaN where both are. An ignored pixel is background in both masks. In 2D and 3D. The published
/// code takes the centre lines of scikit-image's <c>skeletonize</c>, another thinning in 2D. Its lines may differ by pixels, and so may the
/// values. Shit et al., "clDice", arXiv:2003.07311.
/// </remarks>
public sealed class CenterlineMetrics : CountMetrics<CenterlineCounts, CenterlineMetric>
{
    /// <summary>Starts with no image.</summary>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public CenterlineMetrics(int classes)
        : base(classes)
    {
    }

    /// <summary>Appends the images of another accumulator with the same settings, as if they had been added here.</summary>
    /// <param name="other">Left as it is.</param>
    /// <exception cref="ArgumentException">The settings differ, or it is this accumulator itself.</exception>
    public void Merge(CenterlineMetrics other) => Append(other);

    /// <summary>Writes settings and counts as JSON.</summary>
    /// <param name="path">A file, replaced as a whole if it is there.</param>
    public void Save(string path) => MetricFile<long[]>.Of(nameof(CenterlineMetrics), Layout, null, [.. Rows.Select(image => image.Select(Cell).ToArray())]).Save(path);

    /// <summary>Reads what <see cref="Save"/> wrote; more images can be added and merged.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Metrics with the saved settings and images.</returns>
    /// <exception cref="InvalidDataException">The file holds something else, or counts that cannot be.</exception>
    public static CenterlineMetrics Load(string path)
    {
        var saved = MetricFile<long[]>.Load(path, nameof(CenterlineMetrics), file =>
            file.Images.SelectMany(row => row).All(IsCell) ? null : "a class has the pixels of the predicted line, of these those in the target, and the same of the true line");
        var metrics = new CenterlineMetrics(saved.Classes) { Mode = saved.Mode, Selection = saved.Selection, IgnoreIndex = saved.IgnoreIndex, IgnoreIndices = saved.IgnoreIndices ?? [] };
        metrics.Append(saved.Images.Select(row => row.Select(cell => new CenterlineCounts(cell[0], cell[1], cell[2], cell[3])).ToArray()));
        return metrics;
    }

    /// <summary>Name, settings and the number of images, for logs.</summary>
    public override string ToString() => $"{nameof(CenterlineMetrics)} {{ {MetricLayout.Text(() => Layout)} }}, {Images} images";

    private protected override CenterlineCounts[][] Count(LabelPair labels)
    {
        var shape = StructureMasks.Flat(labels);
        int[] plane = shape.Length == 1 ? [1, .. shape] : shape;
        return [.. Enumerable.Range(0, labels.Images).Select(image => Evaluated.Select(@class =>
            Of(StructureMasks.Predicted(labels, image, @class), StructureMasks.True(labels, image, @class), plane)).ToArray())];
    }

    private protected override StructureValue ValueOf(CenterlineCounts scores, CenterlineMetric metric) => new(scores.Value(metric), scores.Empty);

    private protected override EmptyCase EmptyOf(CenterlineCounts scores) => scores.Empty;

    private protected override MetricKind KindOf(CenterlineMetric metric) => MetricKind.Score;

    private static CenterlineCounts Of(bool[] prediction, bool[] target, int[] shape)
    {
        if (prediction.Length == 0)
        {
            return default;
        }

        var (predictedLine, targetLine) = (Thinning.Compute(prediction, shape), Thinning.Compute(target, shape));
        return new(Pixels(predictedLine, predictedLine), Pixels(predictedLine, target), Pixels(targetLine, targetLine), Pixels(targetLine, prediction));
    }

    private static long Pixels(bool[] mask, bool[] other) => mask.Zip(other).LongCount(pair => pair.First && pair.Second);

    private static long[] Cell(CenterlineCounts counts) => [counts.PredictedLine, counts.PredictedLineInTarget, counts.TargetLine, counts.TargetLineInPrediction];

    private static bool IsCell(long[]? cell) =>
        cell is [>= 0 and <= int.MaxValue, >= 0, >= 0 and <= int.MaxValue, >= 0] && cell[1] <= cell[0] && cell[3] <= cell[2];
}
