namespace SegLossBias.Tests.Goldens;

/// <summary>Penalties at a given point of the simplex: predictions of one value everywhere, and as many true pixels as the proportion says.</summary>
internal static class SimplexScene
{
    // The goldens' proportions are multiples of 1/501 (multiclass) and 1/1000 (binary).
    private static readonly long[] Denominators = [501, 1000];

    internal static double Evaluate<TLoss>(double[] predicted, double[] truth)
    {
        using var scope = NewDisposeScope();
        var counts = Counts(truth);
        var labels = counts.SelectMany((count, k) => Enumerable.Repeat((long)k, (int)count)).ToArray();
        var logits = tensor(predicted).log().reshape(1, -1, 1).expand(1, predicted.Length, labels.Length);
        using SegmentationLoss loss = typeof(TLoss) == typeof(DiceBias) ? new SegmentationLoss(new DiceBias { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 })
            : typeof(TLoss) == typeof(RegionSizeKl) ? new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 })
            : new SegmentationLoss(new RegionSizeL1 { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 });
        return loss.call(logits, tensor(labels).reshape(1, -1)).ToDouble();
    }

    internal static double EvaluateBinaryBias(double predicted, double truth)
    {
        using var scope = NewDisposeScope();
        var counts = Counts([1 - truth, truth]);
        var labels = tensor(Enumerable.Range(0, (int)counts.Sum()).Select(i => i < counts[1] ? 1L : 0L).ToArray()).reshape(1, -1);
        var logit = Math.Clamp(Math.Log(predicted) - Math.Log(1 - predicted), -1000, 1000);
        using var loss = new SegmentationLoss(new DiceBias { Temperature = 1, Epsilon = 0 }) { Mode = SegmentationMode.Binary };
        return loss.call(full([1, 1, labels.shape[1]], logit, ScalarType.Float64), labels).ToDouble();
    }

    /// <summary>Pixels of each class for the proportions, which must be whole numbers.</summary>
    private static long[] Counts(double[] proportions)
    {
        foreach (var denominator in Denominators.Concat(Enumerable.Range(1, 2000).Select(n => (long)n)))
        {
            if (proportions.All(p => Math.Abs((p * denominator) - Math.Round(p * denominator)) < 1e-9 * denominator))
            {
                return [.. proportions.Select(p => (long)Math.Round(p * denominator))];
            }
        }

        throw new InvalidOperationException("the proportions are no multiples of 1/n for n up to 2000");
    }
}
