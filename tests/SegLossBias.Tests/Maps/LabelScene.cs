namespace SegLossBias.Tests.Maps;

/// <summary>Small random targets without logits: 1D to 3D, every mode, often with ignored pixels and with absent or full classes.</summary>
/// <param name="Mode">How labels are read.</param>
/// <param name="Images">N.</param>
/// <param name="Classes">K.</param>
/// <param name="Space">Size of each axis.</param>
/// <param name="Spacing">Of each axis; null for pixels.</param>
/// <param name="Labels">[N,*], multilabel [N,K,*], row by row.</param>
internal sealed record LabelScene(SegmentationMode Mode, int Images, int Classes, int[] Space, double[]? Spacing, long[] Labels)
{
    internal const long Ignore = 255;

    internal static Gen<LabelScene> Any { get; } = With(Gen.Bool);

    /// <summary>Distances are square roots of whole numbers.</summary>
    internal static Gen<LabelScene> InPixels { get; } = With(Gen.Const(false));

    internal static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    internal int Pixels => Space.Aggregate(1, (product, size) => product * size);

    internal int Channels => Mode == SegmentationMode.Multilabel ? Classes : 1;

    /// <summary>[N,*], multilabel [N,K,*].</summary>
    internal long[] LabelShape => Mode == SegmentationMode.Multilabel ? [Images, Classes, .. Axes] : [Images, .. Axes];

    /// <summary>With a channel axis, so that no axis of the image can be taken for one.</summary>
    internal long[] TargetShape => [Images, Channels, .. Axes];

    private long[] Axes => [.. Space.Select(size => (long)size)];

    internal Tensor Target() => tensor(Labels, TargetShape);

    internal Tensor SignedDistances(Tensor target) => SignedDistanceMap.Compute(target, Classes, Mode, Ignore, Spacing);

    internal Tensor Components(Tensor target, Connectivity connectivity = Connectivity.Full) =>
        ConnectedComponents.Compute(target, Classes, Mode, Ignore, connectivity: connectivity);

    /// <summary>The labels of an image where a class is looked for.</summary>
    internal long[] Plane(int image, int @class) => [.. Labels.Skip(((image * Channels) + (Channels == 1 ? 0 : @class)) * Pixels).Take(Pixels)];

    internal long LabelOf(int @class) => Mode == SegmentationMode.Multiclass ? @class : 1;

    public override string ToString() => FormattableString.Invariant(
        $"{Mode} K = {Classes} [{string.Join(", ", TargetShape)}] spacing [{string.Join(", ", (Spacing ?? []).Select(s => s.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}] {string.Join(' ', Labels)}");

    private static Gen<LabelScene> With(Gen<bool> hasSpacing) =>
        from mode in OneOf(Enum.GetValues<SegmentationMode>())
        from space in Gen.OneOf(Gen.Int[1, 20].Array[1], Gen.Int[1, 7].Array[2], Gen.Int[1, 4].Array[3])
        from images in Gen.Int[1, 3]
        from classes in mode == SegmentationMode.Binary ? Gen.Const(1) : Gen.Int[2, 4]
        from spaced in hasSpacing
        from spacing in Gen.Double[0.3, 3].Array[space.Length]
        let pixels = space.Aggregate(1, (product, size) => product * size)
        let last = mode == SegmentationMode.Multiclass ? classes - 1 : 1
        from planes in RandomPlane(pixels, last).Array[images * (mode == SegmentationMode.Multilabel ? classes : 1)]
        select new LabelScene(mode, images, classes, space, spaced ? spacing : null, [.. planes.SelectMany(plane => plane)]);

    /// <summary>One label nearly everywhere or none in particular; no pixel is ignored, or some are.</summary>
    private static Gen<long[]> RandomPlane(int pixels, int last) =>
        from usual in Gen.Int[0, last]
        from share in OneOf(0, 30, 70, 100)
        from ignored in OneOf(0, 0, 20)
        from numbers in Gen.Select(Gen.Int[0, 99], Gen.Int[0, last], Gen.Int[0, 99]).Array[pixels]
        select numbers.Select(number => number.Item3 < ignored ? Ignore : number.Item1 < share ? number.Item2 : (long)usual).ToArray();
}
