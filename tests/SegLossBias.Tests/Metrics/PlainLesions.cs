namespace SegLossBias.Tests.Metrics;

/// <summary>Lesions of two masks matched in plain loops: all pairs are looked at, the best one is taken, and so on.</summary>
internal static class PlainLesions
{
    /// <summary>Found, false and missed ones, and the sums of Dice and IoU over the found.</summary>
    internal static (long Tp, long Fp, long Fn, double Dice, double IoU) Count(MaskPair pair, double threshold, bool faces)
    {
        var (predicted, truth) = (PlainMasks.Components(pair.Shape, pair.Prediction, faces), PlainMasks.Components(pair.Shape, pair.Target, faces));
        var (freePredicted, freeTrue) = (Enumerable.Range(1, predicted.Count).ToList(), Enumerable.Range(1, truth.Count).ToList());
        var (tp, dice, overlap) = (0L, 0.0, 0.0);
        while (true)
        {
            var (bestIoU, bestDice, bestTrue, bestPredicted) = (0.0, 0.0, 0, 0);
            foreach (var t in freeTrue)
            {
                foreach (var p in freePredicted)
                {
                    var (both, sum) = (0, 0);
                    for (var i = 0; i < pair.Target.Length; i++)
                    {
                        both += truth.Ids[i] == t && predicted.Ids[i] == p ? 1 : 0;
                        sum += (truth.Ids[i] == t ? 1 : 0) + (predicted.Ids[i] == p ? 1 : 0);
                    }

                    var ioU = (double)both / (sum - both);
                    if (ioU > bestIoU && ioU >= threshold)
                    {
                        (bestIoU, bestDice, bestTrue, bestPredicted) = (ioU, 2.0 * both / sum, t, p);
                    }
                }
            }

            if (bestTrue == 0)
            {
                return (tp, freePredicted.Count, freeTrue.Count, dice, overlap);
            }

            freeTrue.Remove(bestTrue);
            freePredicted.Remove(bestPredicted);
            (tp, dice, overlap) = (tp + 1, dice + bestDice, overlap + bestIoU);
        }
    }
}
