namespace SegLossBias.Tests.Metrics;

/// <summary>Two small masks in row-major order with the spacing of their axes.</summary>
internal sealed record MaskPair(int[] Shape, double[] Spacing, bool[] Prediction, bool[] Target)
{
    /// <summary>2D and 3D, uneven sizes and spacings, from nearly empty to nearly full, often with an empty mask.</summary>
    internal static Gen<MaskPair> Any { get; } =
        from shape in Gen.OneOf(Gen.Int[1, 7].Array[2], Gen.Int[1, 5].Array[3])
        let pixels = shape.Aggregate(1, (product, size) => product * size)
        from spacing in Gen.Double[0.3, 3].Array[shape.Length]
        from prediction in Mask(pixels)
        from target in Mask(pixels)
        select new MaskPair(shape, spacing, prediction, target);

    /// <summary>Both masks have a pixel.</summary>
    internal static Gen<MaskPair> NotEmpty { get; } = Any.Where(pair => pair.Prediction.Contains(true) && pair.Target.Contains(true));

    internal SurfaceDistances Distances => SurfaceDistances.Compute(Prediction, Target, Shape, Spacing);

    public override string ToString() => FormattableString.Invariant(
        $"[{string.Join(", ", Shape)}] spacing [{string.Join(", ", Spacing.Select(s => s.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}] prediction {Bits(Prediction)} target {Bits(Target)}");

    /// <summary>Masks by a rule on the coordinates.</summary>
    internal static bool[] Where(int[] shape, Func<int[], bool> isInside) =>
        [.. Enumerable.Range(0, shape.Aggregate(1, (product, size) => product * size)).Select(flat => isInside(Position(flat, shape)))];

    internal static int[] Position(int flat, int[] shape)
    {
        var position = new int[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            (flat, position[axis]) = Math.DivRem(flat, shape[axis]);
        }

        return position;
    }

    private static string Bits(bool[] mask) => string.Concat(mask.Select(isInside => isInside ? '1' : '0'));

    private static Gen<bool[]> Mask(int pixels) =>
        from percent in Gen.OneOf(Gen.Const(0), Gen.Const(5), Gen.Const(30), Gen.Const(60), Gen.Const(95))
        from numbers in Gen.Int[0, 99].Array[pixels]
        select numbers.Select(number => number < percent).ToArray();
}
