using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>The part of a tile along one axis.</summary>
/// <param name="Start">First voxel that the network sees; negative where the axis is shorter than the tile.</param>
/// <param name="From">First voxel that counts.</param>
/// <param name="To">The voxel after the last one that counts.</param>
internal sealed record TileSide(long Start, long From, long To);

/// <summary>One of the tiles of one size in which a network sees a volume. Every voxel counts in exactly one of them.</summary>
/// <remarks>
/// Tiles lie inside of the volume, evenly spaced, so that the network sees as little padding as possible. Where two neighbours
/// overlap, each counts the half that is nearer to its own centre; what it does not count has the ignored label.
/// </remarks>
/// <param name="Sides">Along D, H and W.</param>
internal sealed record Tile(IReadOnlyList<TileSide> Sides)
{
    /// <summary>All tiles of a volume.</summary>
    /// <param name="space">Voxels of the volume along D, H and W.</param>
    /// <param name="size">Voxels of a tile, likewise.</param>
    public static IReadOnlyList<Tile> Cover(IReadOnlyList<long> space, IReadOnlyList<long> size) =>
        [.. from d in Along(space[0], size[0]) from h in Along(space[1], size[1]) from w in Along(space[2], size[2]) select new Tile([d, h, w])];

    /// <summary>What the network sees, padded with 0.</summary>
    /// <param name="image">[C, D, H, W].</param>
    /// <param name="size">Of the tile.</param>
    public Tensor Image(Tensor image, IReadOnlyList<long> size) => Patch.Cut(image, [.. Sides.Select(side => side.Start)], size, 0);

    /// <summary>The labels of the voxels that count, and the ignored label elsewhere.</summary>
    /// <param name="labels">[D, H, W].</param>
    /// <param name="size">Of the tile.</param>
    /// <param name="ignored">The label of voxels that do not count.</param>
    public Tensor Labels(Tensor labels, IReadOnlyList<long> size, long ignored)
    {
        using var scope = NewDisposeScope();
        var counted = Sides.Index().Aggregate(labels.alias(), (box, side) => box.narrow(side.Index, side.Item.From, side.Item.To - side.Item.From));
        return Patch.Cut(counted, [.. Sides.Select(side => side.Start - side.From)], size, ignored).MoveToOuterDisposeScope();
    }

    private static IEnumerable<TileSide> Along(long extent, long size)
    {
        var starts = Windows.Starts(extent, size, step: size);
        long Border(int next) => next == 0 ? 0 : next == starts.Length ? extent : (starts[next - 1] + size + starts[next]) / 2;
        return starts.Select((start, i) => new TileSide(start, Border(i), Border(i + 1)));
    }
}
