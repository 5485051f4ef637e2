using CsCheck;
using SegLossBias.Experiments.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public class TileTests
{
    private const long Ignored = 255;

    private static readonly Gen<(long Extent, long Size)> Axis = Gen.Select(Gen.Long[1, 13], Gen.Long[1, 6]);

    /// <summary>The image numbers the voxels from 1, so that a tile tells which of them it holds.</summary>
    [Fact]
    public void EveryVoxel_CountsInExactlyOneTile_AndIsSeenThereWithItsLabel() => Gen.Select(Axis, Axis, Axis).Sample(axes =>
    {
        using var scope = NewDisposeScope();
        long[] space = [axes.Item1.Extent, axes.Item2.Extent, axes.Item3.Extent];
        long[] size = [axes.Item1.Size, axes.Item2.Size, axes.Item3.Size];
        var voxels = space.Aggregate((a, b) => a * b);
        var image = arange(1, voxels + 1, ScalarType.Float32).reshape([1, .. space]);
        var labels = arange(voxels).remainder(7).to(ScalarType.Byte).reshape(space);
        var counted = Tile.Cover(space, size).SelectMany(tile =>
        {
            var (seen, known) = (tile.Image(image, size), tile.Labels(labels, size, Ignored));
            seen.shape.Should().Equal([1, .. size]);
            known.shape.Should().Equal(size);
            return seen.Floats().Zip(known.Bytes()).Where(voxel => voxel.Second != Ignored);
        }).OrderBy(voxel => voxel.First).ToArray();
        counted.Select(voxel => (long)voxel.First).Should().Equal(Enumerable.Range(1, (int)voxels).Select(i => (long)i));
        counted.Select(voxel => (int)voxel.Second).Should().Equal(labels.Bytes().Select(label => (int)label));
    }, iter: 200);

    [Theory]
    [InlineData(12, 4, new long[] { 0, 4, 8 }, new long[] { 0, 4, 8, 12 })]
    [InlineData(10, 4, new long[] { 0, 3, 6 }, new long[] { 0, 3, 6, 10 })]
    [InlineData(3, 8, new long[] { -2 }, new long[] { 0, 3 })]
    [InlineData(13, 8, new long[] { 0, 5 }, new long[] { 0, 6, 13 })]
    public void Tiles_AreAsFewAsCanBe_AndShareWhatTheyOverlap(long extent, long size, long[] starts, long[] borders)
    {
        var sides = Tile.Cover([extent, 1, 1], [size, 1, 1]).Select(tile => tile.Sides[0]).ToArray();
        sides.Select(side => side.Start).Should().Equal(starts);
        sides.Select(side => side.From).Append(sides[^1].To).Should().Equal(borders);
    }
}
