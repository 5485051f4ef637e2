using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Boxes cut out of volumes; a volume smaller than the box lies in its middle.</summary>
internal static class Patch
{
    /// <summary>Start of the box that has a voxel at its centre, as near as the volume's border allows; negative where it is wider.</summary>
    public static long StartAround(long voxel, long extent, long size) =>
        extent <= size ? (extent - size) / 2 : Math.Clamp(voxel - (size / 2), 0, extent - size);

    /// <summary>Cuts a box, with <paramref name="fill"/> where it reaches beyond the volume.</summary>
    /// <param name="volume">[*, D, H, W].</param>
    /// <param name="start">First voxel along D, H and W; may be negative.</param>
    /// <param name="size">Extent of the box.</param>
    /// <param name="fill">Value of what is not there.</param>
    public static Tensor Cut(Tensor volume, IReadOnlyList<long> start, IReadOnlyList<long> size, double fill)
    {
        using var scope = NewDisposeScope();
        var box = volume.alias();
        var padding = new List<long>();
        for (var axis = 2; axis >= 0; axis--)
        {
            var (from, to) = Inside(start[axis], size[axis], volume.shape[volume.dim() - 3 + axis]);
            box = box.narrow(axis - 3, from, to - from);
            padding.AddRange([from - start[axis], start[axis] + size[axis] - to]);
        }

        box = padding.All(width => width == 0) ? box : nn.functional.pad(box, [.. padding], TorchSharp.PaddingModes.Constant, fill);
        return box.MoveToOuterDisposeScope();
    }

    /// <summary>The part of a box that lies inside of the volume, along one axis.</summary>
    public static (long From, long To) Inside(long start, long size, long extent) =>
        (Math.Max(start, 0), Math.Min(start + size, extent));
}
