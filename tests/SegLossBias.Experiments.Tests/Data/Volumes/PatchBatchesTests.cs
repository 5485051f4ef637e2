using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public class PatchBatchesTests
{
    private static readonly int[] Size = [4, 5, 3];

    /// <summary>Each voxel's value is its own number plus 1 and 1000 times the case's, so that a patch tells where it was cut.</summary>
    private static Case Numbered(int number, long[] space, params (long Voxel, byte Label)[] foreground)
    {
        var voxels = space.Aggregate((a, b) => a * b);
        var labels = new byte[voxels];
        foreach (var (voxel, label) in foreground)
        {
            labels[voxel] = label;
        }

        var image = arange(1, voxels + 1, ScalarType.Float32).add_(10_000 * number).reshape([1, .. space]);
        return new Case($"case{number}", image, tensor(labels, space), [1, 1, 1]);
    }

    private static PatchBatches Batches(
        IReadOnlyList<Case> cases, ExperimentSettings settings, int seed = 1, int firstMeasured = 1, long? ignoreIndex = null) =>
        new(cases, settings, seed, CPU, firstMeasured, ignoreIndex);

    private static List<(Tensor Images, Tensor Targets)> Epoch(PatchBatches batches, int epoch = 1) =>
        [.. Enumerable.Range(0, batches.PerEpoch).Select(index => batches.Batch(epoch, index))];

    [Fact]
    public void PatchesOfAnEpoch_CoverTheVoxelsOfEachVolumeOnce()
    {
        using var scope = NewDisposeScope();
        using var large = Numbered(1, [8, 10, 7], (7, 1)); // 560 voxels: 10 patches of 60.
        using var small = Numbered(2, [3, 4, 5], (7, 1)); // 60 voxels: 1 patch.
        var batches = Batches([large, small], VolumeSettings.Of(Size, batch: 3) with { ForegroundShare = 0 });
        batches.PerEpoch.Should().Be(4); // 11 patches in full batches of 3.
        var seen = Epoch(batches).SelectMany(batch => batch.Images.amax([1L, 2L, 3L, 4L]).data<float>().ToArray()).Select(value => (int)value / 10_000).ToList();
        seen.Take(11).Count(number => number == 1).Should().Be(10);
        seen.Should().HaveCount(12);
    }

    [Fact]
    public void PatchesPerEpoch_AreRoundedUpToWholeBatches()
    {
        using var item = Numbered(1, [8, 10, 7], (7, 1));
        Batches([item], VolumeSettings.Of(Size, batch: 4) with { PatchesPerEpoch = 9 }).PerEpoch.Should().Be(3);
        Batches([item], VolumeSettings.Of(Size, batch: 4) with { PatchesPerEpoch = 80 }).PerEpoch.Should().Be(20);
    }

    [Fact]
    public void TheForegroundShareHoldsOverAnEpoch_AndNoBatchOfTwoIsWithout() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 40], Gen.Double[0, 1]).Sample((batch, patches, share) =>
        {
            using var item = Numbered(1, [4, 5, 3], (7, 1));
            var batches = Batches([item], VolumeSettings.Of(Size, batch) with { PatchesPerEpoch = patches, ForegroundShare = share });
            var counts = Enumerable.Range(0, batches.PerEpoch).Select(batches.ForegroundPatches).ToList();
            counts.Should().AllSatisfy(count => count.Should().BeInRange(batch >= 2 && share > 0 ? 1 : 0, batch));
            if (batch * share >= 1 || batch == 1)
            {
                counts.Sum().Should().BeInRange((int)Math.Floor(batch * batches.PerEpoch * share), (int)Math.Ceiling(batch * batches.PerEpoch * share));
            }
        });

    [Fact]
    public void ForegroundPatchesAreCentredOnIt_AsNearAsTheBorderAllows()
    {
        using var scope = NewDisposeScope();
        long[] space = [9, 11, 8];
        var foreground = new (long, byte)[] { (0, 1), ((4 * 88) + (5 * 8) + 4, 1), ((8 * 88) + (10 * 8) + 7, 2) };
        using var with = Numbered(1, space, foreground);
        using var without = Numbered(2, space);
        var batches = Batches([with, without], VolumeSettings.Of(Size, batch: 4) with { PatchesPerEpoch = 200, ForegroundShare = 0.5 });
        // By hand: starts at the corner, at (4,5,4) less half of 4×5×3, and flush with the far corner.
        var expected = new[] { First(0, 0, 0), First(2, 3, 3), First(5, 6, 5) };
        var centred = new List<float>();
        foreach (var (images, targets) in Epoch(batches))
        {
            images.shape.Should().Equal(4, 1, 4, 5, 3);
            targets.shape.Should().Equal(4, 4, 5, 3);
            centred.AddRange(images[TensorIndex.Slice(2), 0, 0, 0, 0].data<float>().ToArray());
            targets[TensorIndex.Slice(2)].amax([1L, 2L, 3L]).data<byte>().ToArray().Should().NotContain((byte)0);
        }

        centred.Should().HaveCount(100).And.OnlyContain(first => expected.Contains(first));
        // A class is drawn first: the only voxel of class 2 comes as often as both of class 1 (50 of 100, deviation 5).
        centred.Count(first => first == expected[2]).Should().BeInRange(30, 70);
        centred.Count(first => first == expected[0]).Should().BeInRange(8, 42);

        float First(long d, long h, long w) => 10_000 + (d * 88) + (h * 8) + w + 1;
    }

    [Fact]
    public void WithoutABackground_PatchesAreCentredOnClass0Too()
    {
        using var scope = NewDisposeScope();
        using var item = Numbered(1, [5, 6, 4], [.. Enumerable.Range(0, 119).Select(voxel => ((long)voxel, (byte)1))]);
        var batches = Batches([item], VolumeSettings.Of([1, 1, 1], batch: 4) with { PatchesPerEpoch = 40, ForegroundShare = 1 }, firstMeasured: 0);
        Epoch(batches).Sum(batch => batch.Targets.eq(0).sum().item<long>()).Should().BeInRange(8, 32, "each class is drawn as often");
    }

    [Fact]
    public void OtherPatches_LieAnywhereInside_WithTheirLabels()
    {
        using var scope = NewDisposeScope();
        using var item = Numbered(1, [5, 6, 4]);
        using var labelled = new Case("case", item.Image.alias(), item.Image[0].remainder(200).to(ScalarType.Byte), [1, 1, 1]);
        var batches = Batches([labelled], VolumeSettings.Of(Size, batch: 4) with { PatchesPerEpoch = 400, ForegroundShare = 0 });
        var starts = new List<int>();
        foreach (var (images, targets) in Epoch(batches))
        {
            targets.Should().BeSameValuesAs(images.squeeze(1).remainder(200).to(ScalarType.Byte));
            starts.AddRange(images[TensorIndex.Colon, 0, 0, 0, 0].data<float>().ToArray().Select(first => (int)first - 10_001));
        }

        // 2·2·2 places of a 4×5×3 patch in 5×6×4, each 50 times of 400 (deviation 6.6).
        starts.CountBy(start => start).Select(count => count.Key).Should().BeEquivalentTo([0, 1, 4, 5, 24, 25, 28, 29]);
        starts.CountBy(start => start).Should().AllSatisfy(count => count.Value.Should().BeInRange(20, 80));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(255L, 255)]
    public void ASmallVolume_LiesInTheMiddle_PaddedByZeroAndByIgnoredOrBackground(long? ignoreIndex, byte outside)
    {
        using var scope = NewDisposeScope();
        using var item = new Case("case", ones(2, 2, 9, 3), ones([2, 9, 3], ScalarType.Byte), [1, 1, 1]);
        var (images, targets) = Batches([item], VolumeSettings.Of(Size), ignoreIndex: ignoreIndex).Batch(1, 0);
        var expected = full([4, 5, 3], outside, ScalarType.Byte);
        expected[1] = 1;
        expected[2] = 1;
        targets.Should().BeSameValuesAs(stack([expected, expected]));
        images.Should().BeSameValuesAs(targets.eq(1).to(ScalarType.Float32).unsqueeze(1).expand(-1, 2, -1, -1, -1));
    }

    [Theory]
    [InlineData(nameof(AugmentationKind.None))]
    [InlineData(nameof(AugmentationKind.Flips))]
    [InlineData(nameof(AugmentationKind.Full))]
    public void BatchesAreAFunctionOfSeedEpochAndIndex(string augmentation)
    {
        using var scope = NewDisposeScope();
        using var first = Numbered(1, [8, 10, 7], (7, 1), (400, 2));
        using var second = Numbered(2, [8, 10, 7], (300, 1));
        var settings = VolumeSettings.Of([5, 5, 5]) with { Augmentation = Enum.Parse<AugmentationKind>(augmentation) };
        var batches = Batches([first, second], settings, seed: 3);
        var (images, targets) = batches.Batch(2, 1);
        _ = batches.Batch(1, 0);
        var (again, targetsAgain) = Batches([first, second], settings, seed: 3).Batch(2, 1);
        again.Should().BeSameValuesAs(images);
        targetsAgain.Should().BeSameValuesAs(targets);
        foreach (var other in (Tensor[])[batches.Batch(2, 2).Images, batches.Batch(3, 1).Images, Batches([first, second], settings, seed: 4).Batch(2, 1).Images])
        {
            (other - images).abs().max().item<float>().Should().BeGreaterThan(0.5f);
        }
    }

    [Fact]
    public void TensorsOfABatch_AreAllThatIsLeft()
    {
        using var item = Numbered(1, [8, 10, 7], (7, 1));
        using var scope = NewDisposeScope();
        var batches = Batches([item], VolumeSettings.Of([5, 5, 5]) with { Augmentation = AugmentationKind.Full });
        for (var index = 0; index < 3; index++)
        {
            var (images, targets) = batches.Batch(1, index);
            images.Dispose();
            targets.Dispose();
        }

        scope.DisposablesCount.Should().Be(0);
    }

    [Fact]
    public void WithoutAnyForeground_OnlyAShareOf0Works()
    {
        using var item = Numbered(1, [8, 10, 7]);
        FluentActions.Invoking(() => Batches([item], VolumeSettings.Of(Size)))
            .Should().Throw<UserError>().WithMessage("no training volume has any foreground to centre patches on*");
        Batches([item], VolumeSettings.Of(Size) with { ForegroundShare = 0 }).ForegroundPatches(0).Should().Be(0);
    }
}
