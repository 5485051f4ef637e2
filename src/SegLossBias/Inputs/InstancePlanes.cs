using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Checked instance ids as plain memory, one plane of pixels for each image: 0 is background. Its tensor lives in the
/// dispose scope of the call that made it.
/// </summary>
internal sealed class InstancePlanes
{
    private static readonly Scalar Zero = 0L.ToScalar();

    private readonly Tensor _ids;

    private InstancePlanes(Tensor ids, long[] shape, Device device)
    {
        _ids = ids;
        (Images, Space, Device) = (shape[0], shape[1..], device);
    }

    internal long Images { get; }

    /// <summary>The axes of an image.</summary>
    internal long[] Space { get; }

    /// <summary>Pixels of an image.</summary>
    internal int Pixels => (int)Shapes.Product(Space);

    /// <summary>Where the ids were given.</summary>
    internal Device Device { get; }

    /// <param name="instances">int32 [N,*], ids ≥ 0.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    internal static InstancePlanes Of(Tensor instances)
    {
        var own = OwnHandle.On(instances, nameof(instances));
        if (own.dtype != ScalarType.Int32)
        {
            throw new ArgumentException($"instances must be int32 ids, 0 for the background, but it is {own.dtype}; get them from ConnectedComponents, or convert ids with instances.to(ScalarType.Int32).", nameof(instances));
        }

        LabelKind.Dense(own, nameof(instances));
        LabelKind.HoldsValues(own, nameof(instances));
        var shape = own.shape;
        if (shape.Length is < 2 or > 4)
        {
            throw new ArgumentException($"instances must be [N, *] with 1 to 3 spatial axes, but its shape is {Shapes.Text(shape)}; add a missing axis with unsqueeze, or drop a channel axis with squeeze(1).", nameof(instances));
        }

        _ = LabelPlanes.Pixels32(shape[1..], nameof(instances));
        LabelCheck.ThrowAtFirst(own.lt(Zero), own, shape, nameof(instances), (id, position) =>
            $"instance ids are at least 0, but id {id} occurs at {position}; give pixels of no instance the id 0.");
        return new(own.cpu().contiguous(), shape, own.device);
    }

    internal ReadOnlySpan<int> Of(long image) => TensorMemory.Plane<int>(_ids, image, Pixels);
}
