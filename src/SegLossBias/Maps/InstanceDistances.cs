namespace SegLossBias;

/// <summary>Exact distances from every pixel to the nearest and to the second nearest instance of an image.</summary>
/// <remarks>
/// Two ids differ in at least one binary digit. For digit b let Z_b and O_b be the distances to the nearest pixel of an
/// instance that has 0 there, and 1. The nearest instance is in one of the two sets, so d1 = min(Z_b, O_b) for every b; the
/// other set has none but other instances, so d2 ≤ max(Z_b, O_b). The second nearest differs from the nearest in some digit:
/// <code>
/// d2 = min over b of max(Z_b, O_b)
/// </code>
/// Digits in which all ids are equal tell nothing and are left out.
/// </remarks>
/// <param name="space">The axes of an image.</param>
/// <param name="spacing">Distance between neighbours along each axis.</param>
internal sealed class InstanceDistances(long[] space, double[] spacing)
{
    private readonly int[] _size = [.. space.Select(size => (int)size)];
    private readonly double[] _nearest = new double[Shapes.Product(space)];
    private readonly double[] _second = new double[Shapes.Product(space)];
    private readonly double[] _ofZeros = new double[Shapes.Product(space)];
    private readonly double[] _ofOnes = new double[Shapes.Product(space)];

    /// <summary>Finds the distances of an image; false where there are fewer than two instances.</summary>
    internal bool Find(ReadOnlySpan<int> ids)
    {
        var (all, any) = (-1, 0);
        foreach (var id in ids)
        {
            all &= id == 0 ? -1 : id;
            any |= id;
        }

        Array.Fill(_second, double.PositiveInfinity);
        var digits = any & ~all;
        for (var left = digits; left != 0; left &= left - 1)
        {
            Separate(ids, left & -left);
        }

        return digits != 0;
    }

    /// <summary>d1 + d2.</summary>
    internal double ToBoth(int pixel) => Math.Sqrt(_nearest[pixel]) + Math.Sqrt(_second[pixel]);

    private void Separate(ReadOnlySpan<int> ids, int digit)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            var isOne = (ids[i] & digit) != 0;
            _ofOnes[i] = isOne ? 0 : double.PositiveInfinity;
            _ofZeros[i] = ids[i] != 0 && !isOne ? 0 : double.PositiveInfinity;
        }

        DistanceTransform.Squared(_ofZeros, _size, spacing);
        DistanceTransform.Squared(_ofOnes, _size, spacing);
        for (var i = 0; i < ids.Length; i++)
        {
            _nearest[i] = Math.Min(_ofZeros[i], _ofOnes[i]);
            _second[i] = Math.Min(_second[i], Math.Max(_ofZeros[i], _ofOnes[i]));
        }
    }
}
