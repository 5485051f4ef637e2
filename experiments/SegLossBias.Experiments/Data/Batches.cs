namespace SegLossBias.Experiments.Data;

/// <summary>Cuts a set of pictures into batches whose sizes differ by one at most, so that none is left over.</summary>
internal static class Batches
{
    public static int Count(int pictures, int batch) => (pictures + batch - 1) / batch;

    public static IReadOnlyList<long[]> InOrder(int pictures, int batch) =>
        Cut([.. Enumerable.Range(0, pictures).Select(i => (long)i)], batch);

    /// <summary>The order depends on seed and epoch alone: every loss sees the same batches.</summary>
    public static IReadOnlyList<long[]> Shuffled(int pictures, int batch, int seed, int epoch)
    {
        var order = Enumerable.Range(0, pictures).Select(i => (long)i).ToArray();
        new Random(unchecked((seed * 1_000_003) + epoch)).Shuffle(order);
        return Cut(order, batch);
    }

    private static List<long[]> Cut(long[] order, int batch)
    {
        var count = Count(order.Length, batch);
        return [.. Enumerable.Range(0, count).Select(i => order[(i * order.Length / count)..((i + 1) * order.Length / count)])];
    }
}
