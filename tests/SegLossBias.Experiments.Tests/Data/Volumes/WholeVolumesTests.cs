using SegLossBias.Experiments.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public sealed class WholeVolumesTests : IDisposable
{
    private static readonly int[] Size = [4, 5, 3];

    private readonly Case[] _cases = [Volume(1, [8, 10, 7]), Volume(2, [3, 5, 4]), Volume(3, [4, 5, 3])];

    public void Dispose()
    {
        foreach (var item in _cases)
        {
            item.Dispose();
        }
    }

    [Fact]
    public void EachVolume_IsSeenWholeOnceInAnEpoch()
    {
        using var scope = NewDisposeScope();
        var batches = new WholeVolumes(_cases, VolumeSettings.Of(Size, batch: 2), 1, 255);
        batches.PerEpoch.Should().Be(2);
        var seen = Enumerable.Range(0, 2).SelectMany(index =>
        {
            var (images, targets) = batches.Batch(1, index);
            batches.VolumesOf(1, index).Should().HaveCount((int)images.shape[0]).And.BeInAscendingOrder();
            batches.VolumesOf(1, index).Distinct().Should().Equal(Enumerable.Range(0, index == 0 ? 1 : 2).Select(i => (long)i));
            return images.Floats().Zip(targets.Bytes()).Where(voxel => voxel.Second != 255).Select(voxel => voxel.First);
        });
        seen.Order().Should().Equal(_cases.SelectMany(item => item.Image.Floats()));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Full")]
    public void BatchesAreAFunctionOfSeedEpochAndIndex(string augmentation)
    {
        using var scope = NewDisposeScope();
        var settings = VolumeSettings.Of(Size, batch: 1) with { Augmentation = Enum.Parse<AugmentationKind>(augmentation) };
        var batches = new WholeVolumes(_cases, settings, 3, 255);
        var (images, targets) = batches.Batch(2, 1);
        _ = batches.Batch(1, 0);
        var (again, targetsAgain) = new WholeVolumes(_cases, settings, 3, 255).Batch(2, 1);
        again.Should().BeSameValuesAs(images);
        targetsAgain.Should().BeSameValuesAs(targets);
        var orders = Enumerable.Range(1, 6).Select(epoch => string.Join(' ', Enumerable.Range(0, 3).Select(index => batches.VolumesOf(epoch, index)!.Count)));
        orders.Distinct().Should().HaveCountGreaterThan(1, "the order changes from epoch to epoch");
    }

    [Fact]
    public void TensorsOfABatch_AreAllThatIsLeft()
    {
        using var scope = NewDisposeScope();
        var (images, targets) = new WholeVolumes(_cases, VolumeSettings.Of(Size) with { Augmentation = AugmentationKind.Full }, 1, 255).Batch(1, 0);
        images.Dispose();
        targets.Dispose();
        scope.DisposablesCount.Should().Be(0);
    }

    /// <summary>Each voxel's value is its own number plus 1 and 1000 times the case's.</summary>
    private static Case Volume(int number, long[] space)
    {
        var voxels = space.Aggregate((a, b) => a * b);
        var image = arange(1, voxels + 1, ScalarType.Float32).add_(1000 * number).reshape([1, .. space]);
        return new Case($"case{number}", image, zeros(space, ScalarType.Byte), [1, 1, 1]);
    }
}
