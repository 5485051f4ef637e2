using System.Text.Json;
using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Goldens;

/// <summary>Every mask pair and label map of metrics.json.</summary>
public class MetricGoldenTests
{
    private const double Within = 1e-9;

    private static readonly EmptyPolicies OneWhenBothEmpty = new(EmptyPolicy.Value(1), EmptyPolicy.Formula, EmptyPolicy.Formula);

    public static TheoryData<string> MaskPairs
    {
        get
        {
            var names = GoldenFile.Open("metrics.json")?.Cases.Select(golden => golden.GetProperty("name").GetString()!);
            return [.. names ?? [""]];
        }
    }

    public static TheoryData<int> LabelMaps => [.. Enumerable.Range(0, Math.Max(1, Maps()?.GetArrayLength() ?? 0))];

    [SkippableTheory]
    [MemberData(nameof(MaskPairs))]
    public void MaskPair_RawSurfaces(string name)
    {
        var golden = Case(name);
        var surface = golden.GetProperty("surface");
        var distances = Compute(golden);

        Elements(distances.TargetDistances, distances.TargetSizes)
            .ShouldMatchWithin(Elements(Numbers(surface, "distances_gt_to_pred"), Numbers(surface, "surfel_areas_gt")));
        Elements(distances.PredictionDistances, distances.PredictionSizes)
            .ShouldMatchWithin(Elements(Numbers(surface, "distances_pred_to_gt"), Numbers(surface, "surfel_areas_pred")));
    }

    [SkippableTheory]
    [MemberData(nameof(MaskPairs))]
    public void MaskPair_SurfaceMetrics(string name)
    {
        var golden = Case(name);
        var distances = Compute(golden);

        Same(distances.AverageTargetToPrediction, golden.GetProperty("asd_gt_to_pred"));
        Same(distances.AveragePredictionToTarget, golden.GetProperty("asd_pred_to_gt"));
        foreach (var percentile in golden.GetProperty("hausdorff").EnumerateObject())
        {
            Same(distances.Hausdorff(Parsed(percentile.Name)), percentile.Value);
        }

        foreach (var tolerance in golden.GetProperty("nsd").EnumerateObject())
        {
            Same(distances.NormalizedSurfaceDistance(Parsed(tolerance.Name)), tolerance.Value);
        }

        foreach (var tolerance in golden.GetProperty("overlap").EnumerateObject())
        {
            Same(distances.TargetOverlap(Parsed(tolerance.Name)), tolerance.Value[0]);
            Same(distances.PredictionOverlap(Parsed(tolerance.Name)), tolerance.Value[1]);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(MaskPairs))]
    public void MaskPair_Overlap(string name)
    {
        var golden = Case(name);
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        long[] shape = [1, .. golden.GetProperty("shape").Deserialize<long[]>()!];
        metrics.Add(tensor(Mask(golden, "pred"), shape), tensor(Mask(golden, "gt"), shape));

        Same(metrics.Pooled(0).Dice, golden.GetProperty("dsc"));
        Same(metrics.Pooled(0).IoU, golden.GetProperty("iou"));
        if (golden.TryGetProperty("dsc_seglossbias_dice_coef", out var smoothed))
        {
            // The reference's 1e-10 in numerator and denominator says that two empty masks agree: here a policy says so.
            Same(metrics.Mean(OverlapMetric.Dice, OneWhenBothEmpty).Mean, smoothed);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(LabelMaps))]
    public void LabelMap_CountsAndScores(int index)
    {
        Skip.If(Maps() is null, "metrics.json is not in the folder of the goldens");
        var golden = Maps()!.Value[index];
        var classes = golden.GetProperty("K").GetInt32();
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(classes) { IgnoreIndex = golden.GetProperty("ignore_index").GetInt64() };
        long[] shape = [1, .. golden.GetProperty("shape").Deserialize<long[]>()!];
        metrics.Add(tensor(golden.GetProperty("pred").Deserialize<long[]>()!, shape), tensor(golden.GetProperty("label").Deserialize<long[]>()!, shape));

        for (var k = 0; k < classes; k++)
        {
            var counts = metrics.Pooled(k);
            counts.TruePositives.Should().Be(golden.GetProperty("intersect")[k].GetInt64());
            (counts.TargetSize + counts.PredictedSize - counts.TruePositives).Should().Be(golden.GetProperty("union")[k].GetInt64());
            counts.PredictedSize.Should().Be(golden.GetProperty("area_pred")[k].GetInt64());
            counts.TargetSize.Should().Be(golden.GetProperty("area_label")[k].GetInt64());
            Same(counts.IoU, golden.GetProperty("iou")[k]);
            Same(counts.Recall, golden.GetProperty("acc")[k]);
            Same(counts.Dice, golden.GetProperty("dice_eps1e10")[k]);
        }
    }

    private static SurfaceDistances Compute(JsonElement golden) => SurfaceDistances.Compute(
        Mask(golden, "pred"), Mask(golden, "gt"), golden.GetProperty("shape").Deserialize<int[]>()!, GoldenFile.Numbers(golden.GetProperty("spacing_mm")));

    private static JsonElement Case(string name)
    {
        Skip.If(name.Length == 0, "metrics.json is not in the folder of the goldens");
        return GoldenFile.Open("metrics.json")!.Cases.Single(golden => golden.GetProperty("name").GetString() == name);
    }

    private static JsonElement? Maps() => GoldenFile.Open("metrics.json")?.Root.GetProperty("label_maps");

    private static bool[] Mask(JsonElement golden, string name) => [.. GoldenFile.Numbers(golden.GetProperty(name)).Select(label => label != 0)];

    private static double[] Numbers(JsonElement surface, string name) => GoldenFile.Numbers(surface.GetProperty(name));

    private static double Parsed(string number) => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture);

    private static void Same(double actual, JsonElement expected) => actual.ShouldBeMetric(GoldenFile.Number(expected), Within);

    /// <summary>In an order that the last digit of a distance does not decide.</summary>
    private static double[] Elements(ReadOnlySpan<double> distances, ReadOnlySpan<double> sizes) =>
        [.. distances.ToArray().Zip(sizes.ToArray()).OrderBy(element => Math.Round(element.First, 9)).ThenBy(element => element.Second).SelectMany(element => (double[])[element.First, element.Second])];
}
