using System.Text.Json;
using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Goldens;

/// <summary>metrics.json: mask pairs and label maps.</summary>
internal static class MetricGoldens
{
    private const string File = "metrics.json";
    private const string Pairs = "cases";
    private const string Maps = "label_maps";
    private const double Within = 1e-9;

    private static readonly EmptyPolicies OneWhenBothEmpty = new(EmptyPolicy.Value(1), EmptyPolicy.Formula, EmptyPolicy.Formula);

    private static readonly Dictionary<string, Action<JsonElement, JsonElement, string>> OfPair = new()
    {
        ["surface"] = Surface,
        ["asd_gt_to_pred"] = (golden, expected, where) => Same(Distances(golden, where).AverageTargetToPrediction, expected),
        ["asd_pred_to_gt"] = (golden, expected, where) => Same(Distances(golden, where).AveragePredictionToTarget, expected),
        ["hausdorff"] = (golden, expected, where) => Each(expected, (percentile, value) => Same(Distances(golden, where).Hausdorff(percentile), value)),
        ["nsd"] = (golden, expected, where) => Each(expected, (tolerance, value) => Same(Distances(golden, where).NormalizedSurfaceDistance(tolerance), value)),
        ["overlap"] = (golden, expected, where) => Each(expected, (tolerance, values) =>
        {
            Same(Distances(golden, where).TargetOverlap(tolerance), values[0]);
            Same(Distances(golden, where).PredictionOverlap(tolerance), values[1]);
        }),
        ["dsc"] = (golden, expected, where) => Same(Overlap(golden, where).Pooled(0).Dice, expected),
        ["iou"] = (golden, expected, where) => Same(Overlap(golden, where).Pooled(0).IoU, expected),

        // The reference's 1e-10 in numerator and denominator says that two empty masks agree: here a policy says so. It has this for masks in 2D alone.
        ["dsc_seglossbias_dice_coef"] = (golden, expected, where) => Same(Overlap(golden, where).Mean(OverlapMetric.Dice, OneWhenBothEmpty).Mean, expected),
    };

    private static readonly Dictionary<string, Func<OverlapCounts, double>> OfMap = new()
    {
        ["intersect"] = counts => counts.TruePositives,
        ["union"] = counts => counts.TargetSize + counts.PredictedSize - counts.TruePositives,
        ["area_pred"] = counts => counts.PredictedSize,
        ["area_label"] = counts => counts.TargetSize,
        ["iou"] = counts => counts.IoU,
        ["acc"] = counts => counts.Recall,
        ["dice_eps1e10"] = counts => counts.Dice,
    };

    internal static IEnumerable<GoldenRow> Rows(string? folder = null)
    {
        var file = GoldenFile.Open(File, folder);
        return Rows(file, Pairs, OfPair.Keys).Concat(Rows(file, Maps, OfMap.Keys));
    }

    internal static void Check(GoldenRow row, string? folder = null)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.OpenOrSkip(File, folder).EntryOrSkip(row.Section, row.Entry);
        var where = $"{row.Section}[{row.Entry}] of {File}";
        var expected = golden.Need(row.Quantity, where);
        if (row.Section == Pairs)
        {
            OfPair[row.Quantity](golden, expected, where);
            return;
        }

        var classes = golden.Need("K", where).GetInt32();
        var metrics = new OverlapMetrics(classes) { IgnoreIndex = golden.Find("ignore_index")?.GetInt64() };
        var shape = Shape(golden, where);
        metrics.Add(tensor(golden.Need("pred", where).Deserialize<long[]>()!, shape), tensor(golden.Need("label", where).Deserialize<long[]>()!, shape));
        Enumerable.Range(0, classes).Select(k => OfMap[row.Quantity](metrics.Pooled(k))).ToArray().ShouldMatchWithin(expected.Numbers(), Within);
    }

    private static IEnumerable<GoldenRow> Rows(GoldenFile? file, string section, IEnumerable<string> quantities) => file?.Section(section) is { Length: > 0 } entries
        ? entries.SelectMany((golden, index) => quantities.Select(quantity => new GoldenRow(File, section, index, golden.Find("name")?.GetString() ?? "", quantity)))
        : [new GoldenRow(File, section)];

    private static void Surface(JsonElement golden, JsonElement expected, string where)
    {
        var distances = Distances(golden, where);
        double[] Listed(string key) => expected.Need(key, $"surface of {where}").Numbers();
        Elements(distances.TargetDistances, distances.TargetSizes).ShouldMatchWithin(Elements(Listed("distances_gt_to_pred"), Listed("surfel_areas_gt")));
        Elements(distances.PredictionDistances, distances.PredictionSizes).ShouldMatchWithin(Elements(Listed("distances_pred_to_gt"), Listed("surfel_areas_pred")));
    }

    private static SurfaceDistances Distances(JsonElement golden, string where) => SurfaceDistances.Compute(
        Mask(golden, "pred", where), Mask(golden, "gt", where), golden.Need("shape", where).Deserialize<int[]>()!, golden.Need("spacing_mm", where).Numbers());

    private static OverlapMetrics Overlap(JsonElement golden, string where)
    {
        var metrics = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        metrics.Add(tensor(Mask(golden, "pred", where), Shape(golden, where)), tensor(Mask(golden, "gt", where), Shape(golden, where)));
        return metrics;
    }

    private static long[] Shape(JsonElement golden, string where) => [1, .. golden.Need("shape", where).Deserialize<long[]>()!];

    private static bool[] Mask(JsonElement golden, string name, string where) => [.. golden.Need(name, where).Numbers().Select(label => label != 0)];

    private static void Each(JsonElement expected, Action<double, JsonElement> check)
    {
        var numbers = expected.EnumerateObject().ToArray();
        Skip.If(numbers.Length == 0, "the file lists none");
        foreach (var number in numbers)
        {
            check(double.Parse(number.Name, System.Globalization.CultureInfo.InvariantCulture), number.Value);
        }
    }

    private static void Same(double actual, JsonElement expected) => actual.ShouldBeMetric(expected.Number(), Within);

    /// <summary>In an order that the last digit of a distance does not decide.</summary>
    private static double[] Elements(ReadOnlySpan<double> distances, ReadOnlySpan<double> sizes) =>
        [.. distances.ToArray().Zip(sizes.ToArray()).OrderBy(element => Math.Round(element.First, 9)).ThenBy(element => element.Second).SelectMany(element => (double[])[element.First, element.Second])];
}
