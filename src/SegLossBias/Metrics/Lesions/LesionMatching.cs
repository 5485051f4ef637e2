namespace SegLossBias;

/// <summary>Pairs the components of two masks.</summary>
internal static class LesionMatching
{
    /// <param name="prediction">Row-major.</param>
    /// <param name="target">Row-major.</param>
    /// <param name="plane">Numbers the components of a mask of that shape.</param>
    /// <param name="minimumIoU">Of a pair that matches.</param>
    internal static LesionCounts Of(bool[] prediction, bool[] target, ComponentPlane plane, double minimumIoU)
    {
        var (predicted, truth) = (Lesions(prediction, plane), Lesions(target, plane));
        var common = new Dictionary<(int True, int Predicted), long>();
        for (var i = 0; i < predicted.Ids.Length; i++)
        {
            if (predicted.Ids[i] > 0 && truth.Ids[i] > 0)
            {
                var pair = (truth.Ids[i], predicted.Ids[i]);
                common[pair] = common.GetValueOrDefault(pair) + 1;
            }
        }

        var best =
            from pair in common
            let sum = truth.Sizes[pair.Key.True] + predicted.Sizes[pair.Key.Predicted]
            let ioU = (double)pair.Value / (sum - pair.Value)
            where ioU >= minimumIoU
            orderby ioU descending, pair.Key
            select (pair.Key, Dice: 2.0 * pair.Value / sum, IoU: ioU);
        var (takenTrue, takenPredicted) = (new HashSet<int>(), new HashSet<int>());
        var (dice, overlap) = (0.0, 0.0);
        foreach (var pair in best)
        {
            if (!takenTrue.Contains(pair.Key.True) && takenPredicted.Add(pair.Key.Predicted))
            {
                takenTrue.Add(pair.Key.True);
                dice += pair.Dice;
                overlap += pair.IoU;
            }
        }

        return new(takenTrue.Count, predicted.Count - takenTrue.Count, truth.Count - takenTrue.Count, dice, overlap);
    }

    /// <summary>The number of the lesion at each pixel, from 1, 0 outside; and the size of each.</summary>
    private static (int[] Ids, long[] Sizes, int Count) Lesions(bool[] mask, ComponentPlane plane)
    {
        var ids = new int[mask.Length];
        var count = plane.Number(Array.ConvertAll(mask, isInside => isInside ? 1 : 0), background: 0, found: 0, ids);
        var sizes = new long[count + 1];
        foreach (var id in ids)
        {
            sizes[id]++;
        }

        return (ids, sizes, count);
    }
}
