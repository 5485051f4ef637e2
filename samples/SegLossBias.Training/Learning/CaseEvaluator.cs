using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Measures what a network made of a case, by the library's metrics.</summary>
/// <param name="classes">Names of all classes; the first is left out if it is called background.</param>
/// <param name="ignoreIndex">The label of pixels that count nowhere.</param>
/// <param name="toleranceMm">Of the normalised surface distance.</param>
internal sealed class CaseEvaluator(IReadOnlyList<string> classes, long? ignoreIndex, double toleranceMm)
{
    private readonly ClassSelection? _evaluated = string.Equals(classes[0], CaseSplits.Background, StringComparison.OrdinalIgnoreCase) ? ClassSelection.WithoutBackground : null;

    /// <param name="item">The case.</param>
    /// <param name="logits">[K, *] on the CPU.</param>
    /// <param name="surfaces">Whether surface metrics are wanted; they are NaN otherwise.</param>
    public CaseResult Measure(Case item, Tensor logits, bool surfaces)
    {
        using var scope = NewDisposeScope();
        var truth = item.Labels.cpu().to(ScalarType.Int64).unsqueeze(0);
        var predicted = logits.argmax(0).unsqueeze(0);
        var overlap = new OverlapMetrics(classes.Count, _evaluated, ignoreIndex: ignoreIndex);
        overlap.Add(predicted, truth);
        SurfaceMetrics? surface = null;
        if (surfaces)
        {
            surface = new SurfaceMetrics(classes.Count, [toleranceMm], _evaluated, ignoreIndex: ignoreIndex);
            surface.Add(predicted, truth, [.. item.SpacingMm]);
        }

        var soft = SoftSizes(logits, truth);
        var diagonal = Math.Sqrt(item.Space.Zip(item.SpacingMm, (pixels, spacing) => pixels * spacing).Sum(side => side * side));
        return new(item.Name, diagonal, [.. overlap.Classes.Select(@class =>
        {
            var counts = overlap.Image(0, @class);
            var scores = surface?.Image(0, @class);
            return new ClassResult(
                @class, counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.TrueNegatives, soft[@class],
                scores?.NormalizedSurfaceDistance ?? double.NaN, scores?.Hausdorff95 ?? double.NaN, scores?.AverageSymmetric ?? double.NaN);
        })]);
    }

    private double[] SoftSizes(Tensor logits, Tensor truth)
    {
        var probabilities = logits.to(ScalarType.Float32).softmax(0);
        if (ignoreIndex is { } ignored)
        {
            probabilities = probabilities * truth.ne(ignored);
        }

        return probabilities.flatten(1).sum([1L], type: ScalarType.Float64).data<double>().ToArray();
    }
}
