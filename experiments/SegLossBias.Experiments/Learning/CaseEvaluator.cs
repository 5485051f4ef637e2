using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Measures what a network makes of cases, one after the other. Pixels with the ignore index count nowhere.</summary>
/// <param name="classes">Names of all classes; a first one called background is not measured.</param>
/// <param name="ignoreIndex">Of the labels.</param>
/// <param name="toleranceMm">Of the normalised surface distance, in mm; null leaves out the surface metrics, which take longer.</param>
internal sealed class CaseEvaluator(IReadOnlyList<string> classes, long? ignoreIndex, double? toleranceMm)
{
    /// <summary>A structure neither true nor predicted is left out of a mean; a missed one and a false alarm count 0, as the formulas give.</summary>
    private static readonly EmptyPolicies WhenEmpty = new(both: EmptyPolicy.Skip, target: EmptyPolicy.Formula, prediction: EmptyPolicy.Formula);

    private readonly OverlapMetrics _overlap = new(classes.Count) { Selection = Measured(classes), IgnoreIndex = ignoreIndex };

    /// <summary>DSC, mean over the structures so far: classes of cases.</summary>
    public double Dice => _overlap.Mean(OverlapMetric.Dice, WhenEmpty).Mean;

    /// <summary>DSC of the pixels of all cases so far together, mean over the classes that occur or are predicted.</summary>
    public double PooledDice => _overlap.Evaluated.Select(_overlap.Pooled).Where(counts => counts.Empty != EmptyCase.Both)
        .Select(counts => counts.Dice).DefaultIfEmpty(double.NaN).Average();

    /// <summary>IoU, mean over the structures so far.</summary>
    public double Iou => _overlap.Mean(OverlapMetric.IoU, WhenEmpty).Mean;

    /// <summary>Foreground share of all pixels so far; 1 without a background.</summary>
    public double TrueSize => ShareOf(counts => counts.TargetSize);

    /// <summary>
    /// Predicted foreground share of all pixels so far. Without a background, where that is always 1: predicted over true
    /// pixels of each class, mean over the classes that occur.
    /// </summary>
    public double PredictedSize => MeasuredClasses.First(classes) > 0
        ? ShareOf(counts => counts.PredictedSize)
        : 1 + _overlap.Evaluated.Select(_overlap.Pooled).Where(counts => counts.TargetSize > 0).Select(counts => counts.SizeError)
            .DefaultIfEmpty(double.NaN).Average();

    /// <param name="item">The case.</param>
    /// <param name="logits">[K, *] on the CPU, the largest is the prediction; or [1, *] of the foreground.</param>
    public CaseResult Add(Case item, Tensor logits)
    {
        using var scope = NewDisposeScope();

        // With a channel, [1, 1, *]: without it a picture of as many rows as classes could be one-hot labels.
        var labels = item.Labels.cpu().unsqueeze(0);
        var (prediction, truth) = (Prediction.Classes(logits).unsqueeze(0).unsqueeze(0), labels.unsqueeze(0));
        _overlap.Add(prediction, truth);
        var soft = SoftSizes(logits, labels);
        var surfaces = Surfaces(item, prediction, truth);
        return new CaseResult(item.Name, Diagonal(item), [.. _overlap.Evaluated.Select(index =>
        {
            var counts = _overlap.Image(_overlap.Images - 1, index);
            var result = new ClassResult(
                index, counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.TrueNegatives, soft[index]);
            return surfaces?.Image(0, index) is { } scores
                ? result with { Nsd = scores.NormalizedSurfaceDistance, Hd95 = scores.Hausdorff95, Asd = scores.AverageSymmetric }
                : result;
        })], item.Group);
    }

    /// <summary>Σ of the probabilities over the valid pixels, by class.</summary>
    private double[] SoftSizes(Tensor logits, Tensor labels)
    {
        var probabilities = Prediction.Probabilities(logits);
        if (ignoreIndex is { } ignored)
        {
            using var number = ignored.ToScalar();
            probabilities = probabilities.masked_fill_(labels.eq(number), KeptScalars.Zero);
        }

        return [.. probabilities.flatten(1).sum(1L, type: ScalarType.Float64).data<double>()];
    }

    private static ClassSelection Measured(IReadOnlyList<string> classes) =>
        MeasuredClasses.First(classes) > 0 ? ClassSelection.WithoutBackground : ClassSelection.All;

    private SurfaceMetrics? Surfaces(Case item, Tensor prediction, Tensor labels)
    {
        if (toleranceMm is not { } tolerance)
        {
            return null;
        }

        var surfaces = new SurfaceMetrics(classes.Count) { ToleranceMm = [tolerance], Selection = Measured(classes), IgnoreIndex = ignoreIndex };
        surfaces.Add(prediction, labels, [.. item.SpacingMm]);
        return surfaces;
    }

    private static double Diagonal(Case item) => Math.Sqrt(item.Space.Zip(item.SpacingMm, (size, spacing) => Math.Pow(size * spacing, 2)).Sum());

    private double ShareOf(Func<OverlapCounts, long> size)
    {
        var counts = _overlap.Evaluated.Select(_overlap.Pooled).ToArray();
        return (double)counts.Sum(size) / counts[0].ValidSize;
    }
}
