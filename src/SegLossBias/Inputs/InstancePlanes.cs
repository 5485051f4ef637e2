using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Checked instance ids as plain memory, one plane of pixels for each image and channel: 0 is background. Its tensor lives
/// in the dispose scope of the call that made it.
/// </summary>
internal sealed class InstancePlanes
{
    private static readonly Scalar Zero = 0L.ToScalar();

    private readonly Tensor _ids;

    private InstancePlanes(Tensor ids, long[] shape, int firstSpatial, Device device) =>
        (_ids, Shape, Space, Device) = (ids, shape, shape[firstSpatial..], device);

    /// <summary>The shape of the ids.</summary>
    internal long[] Shape { get; }

    /// <summary>The axes of a plane.</summary>
    internal long[] Space { get; }

    /// <summary>How many planes there are: one for each image, or for each image and channel.</summary>
    internal long Count => Shapes.Product(Shape.AsSpan(..^Space.Length));

    /// <summary>Pixels of a plane.</summary>
    internal int Pixels => (int)Shapes.Product(Space);

    /// <summary>Where the ids were given.</summary>
    internal Device Device { get; }

    /// <param name="instances">int32 [N,*] or [N,1,*], in multilabel mode [N,K,*]; ids ≥ 0.</param>
    /// <param name="mode">Whether axis 1 is a channel.</param>
    /// <param name="spacings">How many spacings are given, null for none. An axis 1 of size 1 that has one of them is a spatial axis.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    internal static InstancePlanes Of(Tensor instances, SegmentationMode mode, int? spacings)
    {
        var isMultilabel = SettingCheck.Defined(mode, nameof(mode)) == SegmentationMode.Multilabel;
        var own = OwnHandle.On(instances, nameof(instances));
        if (own.dtype != ScalarType.Int32)
        {
            throw new ArgumentException($"instances must be int32 ids, 0 for the background, but it is {own.dtype}; get them from ConnectedComponents, or convert ids with instances.to(ScalarType.Int32).", nameof(instances));
        }

        LabelKind.Dense(own, nameof(instances));
        LabelKind.HoldsValues(own, nameof(instances));
        var shape = own.shape;
        var isOneChannel = shape.Length > 2 && shape[1] == 1 && spacings != shape.Length - 1;
        var firstSpatial = isMultilabel || isOneChannel ? 2 : 1;
        if (shape.Length - firstSpatial is < 1 or > 3)
        {
            var (needed, remedy) = isMultilabel ? ("[N, K, *]", " or drop one of size 1 with squeeze") : ("[N, *] or [N, 1, *]", " drop one of size 1 with squeeze, or pass SegmentationMode.Multilabel if axis 1 is a channel");
            throw new ArgumentException($"in {mode} mode instances must be {needed} with 1 to 3 spatial axes, but its shape is {Shapes.Text(shape)}; add a missing axis with unsqueeze,{remedy}.", nameof(instances));
        }

        _ = LabelPlanes.Pixels32(shape[firstSpatial..], nameof(instances));
        LabelCheck.ThrowAtFirst(own.lt(Zero), own, shape, nameof(instances), (id, position) =>
            $"instance ids are at least 0, but id {id} occurs at {position}; give pixels of no instance the id 0.");
        return new(own.cpu().contiguous(), shape, firstSpatial, own.device);
    }

    internal ReadOnlySpan<int> Of(long plane) => TensorMemory.Plane<int>(_ids, plane, Pixels);
}
