using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>Penalties at a given point of the simplex: predictions of one value everywhere, and as many true pixels as the proportion says.</summary>
internal static class SimplexScene
{
    private const int MostPixels = 5000;

    internal static void Check(LossTerm term, double[] truth, JsonElement points, double[] expected)
    {
        using var loss = new SegmentationLoss(term);
        Skip.If(expected.Length == 0, "the file lists no point");
        points.GetArrayLength().Should().Be(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var predicted = points[i].Numbers();
            Evaluate(loss, tensor(predicted).log(), truth).ShouldBeGolden(expected[i], Tolerance.Of(ScalarType.Float64), because: $"point {i}");
        }
    }

    internal static void CheckBinary(LossTerm term, double truth, double[] predicted, double[] expected)
    {
        using var loss = new SegmentationLoss(term) { Mode = SegmentationMode.Binary };
        Skip.If(expected.Length == 0, "the file lists no point");
        predicted.Length.Should().Be(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var logit = Math.Clamp(Math.Log(predicted[i]) - Math.Log(1 - predicted[i]), -1000, 1000);
            Evaluate(loss, tensor((double[])[logit]), [1 - truth, truth]).ShouldBeGolden(expected[i], Tolerance.Of(ScalarType.Float64), because: $"p̂ = {predicted[i]}");
        }
    }

    private static double Evaluate(SegmentationLoss loss, Tensor logits, double[] truth)
    {
        var labels = Counts(truth).SelectMany((count, k) => Enumerable.Repeat((long)k, count)).ToArray();
        return loss.call(logits.reshape(1, -1, 1).expand(1, logits.numel(), labels.Length), tensor(labels).reshape(1, -1)).ToDouble();
    }

    /// <summary>Pixels of each class for the proportions, which must be whole numbers.</summary>
    private static int[] Counts(double[] proportions)
    {
        var pixels = Enumerable.Range(1, MostPixels).FirstOrDefault(n => proportions.All(p => Math.Abs((p * n) - Math.Round(p * n)) < 1e-12 * n));
        Skip.If(pixels == 0, $"the proportions {string.Join(", ", proportions)} are no multiples of 1/n for any n up to {MostPixels}, so no image has them");
        return [.. proportions.Select(p => (int)Math.Round(p * pixels))];
    }
}
