namespace SegLossBias;

/// <summary>Saved counts: for each image and class TP, FP, FN and TN.</summary>
internal static class OverlapFile
{
    internal static void Save(string path, MetricLayout layout, IEnumerable<OverlapCounts[]> images) =>
        Save(path, nameof(OverlapMetrics), layout, images, settings: null);

    internal static void Save(string path, string metrics, MetricLayout layout, IEnumerable<OverlapCounts[]> images, SortedDictionary<string, double>? settings) =>
        (MetricFile<long[]>.Of(metrics, layout, null, [.. images.Select(image => image.Select(Cell).ToArray())]) with { Settings = settings }).Save(path);

    internal static (MetricFile<long[]> Settings, IEnumerable<OverlapCounts[]> Images) Load(string path)
    {
        var file = MetricFile<long[]>.Load(path, nameof(OverlapMetrics), Flaw);
        return (file, Counts(file));
    }

    /// <summary>Counts of parts of the masks, which need not add up to the image.</summary>
    internal static (MetricFile<long[]> Settings, IEnumerable<OverlapCounts[]> Images) LoadBands(string path, string metrics, Func<MetricFile<long[]>, string?> flawOfSettings)
    {
        var file = MetricFile<long[]>.Load(path, metrics, saved => flawOfSettings(saved) ?? saved.Images.SelectMany(row => row).Select(FlawOf).FirstOrDefault(flaw => flaw is not null) ?? Overflow(saved));
        return (file, Counts(file));
    }

    private static IEnumerable<OverlapCounts[]> Counts(MetricFile<long[]> file) =>
        file.Images.Select(row => row.Select(cell => new OverlapCounts(cell[0], cell[1], cell[2], cell[3])).ToArray());

    private static long[] Cell(OverlapCounts counts) =>
        [counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.TrueNegatives];

    private static string? Flaw(MetricFile<long[]> saved)
    {
        if (saved.ToleranceMm is not null)
        {
            return "overlap has no tolerance";
        }

        for (var image = 0; image < saved.Images.Length; image++)
        {
            if (FlawOf(saved.Images[image], saved) is { } flaw)
            {
                return $"image {image}: {flaw}";
            }
        }

        return Overflow(saved);
    }

    /// <summary>Every class of an image has its pixels, so that the sums over images are what can still overflow.</summary>
    private static string? Overflow(MetricFile<long[]> saved)
    {
        var most = Enumerable.Range(0, saved.Evaluated.Length).Select(column => saved.Images.Aggregate((Int128)0, (sum, row) => sum + Sum(row[column]))).Max();
        return most <= long.MaxValue ? null : $"all images together have more than {long.MaxValue} pixels";
    }

    private static string? FlawOf(long[]?[] row, MetricFile<long[]> saved)
    {
        if (row.Select(FlawOf).FirstOrDefault(flaw => flaw is not null) is { } first)
        {
            return first;
        }

        var isMulticlass = saved.Mode == SegmentationMode.Multiclass;
        var pixels = row.Select(cell => (long)Sum(cell!)).ToArray();
        if ((isMulticlass || saved.Ignored.Length == 0) && pixels.Distinct().Count() != 1)
        {
            return $"all classes have the same pixels, but their numbers are {Shapes.Text(pixels)}";
        }

        // Each pixel belongs to one class, and one is predicted.
        var predicted = row.Aggregate((Int128)0, (sum, cell) => sum + cell![0] + cell[1]);
        var truth = row.Aggregate((Int128)0, (sum, cell) => sum + cell![0] + cell[2]);
        var isWhole = row.Length == saved.Classes;
        return !isMulticlass || (isWhole ? predicted == pixels[0] && truth == pixels[0] : predicted <= pixels[0] && truth <= pixels[0])
            ? null
            : FormattableString.Invariant($"its classes have {truth} true and {predicted} predicted pixels together, but the image has {pixels[0]}");
    }

    private static string? FlawOf(long[]? cell) =>
        cell is { Length: 4 } ? OverlapCounts.Flaw(cell) : "a class has the counts TP, FP, FN and TN";

    private static Int128 Sum(long[] cell) => cell.Aggregate((Int128)0, (sum, count) => sum + count);
}
