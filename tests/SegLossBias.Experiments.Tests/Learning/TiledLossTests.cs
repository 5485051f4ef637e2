using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

public sealed class TiledLossTests
{
    private const double Tolerance = 1e-10;

    /// <summary>The logits of all tiles in one graph, put together voxel by voxel, and the loss of that.</summary>
    [Theory]
    [InlineData("CE", OutputMode.Multiclass)]
    [InlineData("RCE(L1)", OutputMode.Multiclass)]
    [InlineData("RCE(KL)", OutputMode.Binary)]
    [InlineData("LogDiceCE", OutputMode.Multiclass)]
    [InlineData("RFL(L1)", OutputMode.Binary)]
    internal void TheGradient_IsThatOfTheWholeVolumes(string loss, OutputMode mode)
    {
        using var scope = NewDisposeScope();
        var settings = TinyVolumes.Settings(loss) with { Mode = mode, Augmentation = AugmentationKind.None };
        using var data = TinyVolumes.Splits();
        using var run = new RunState(settings, data, settings.Runs.Single(), CPU);
        run.Network.to(ScalarType.Float64);
        var batches = TinyVolumes.Batches(settings, data);
        var (images, labels) = batches.Batch(1, 1);
        images = images.to(ScalarType.Float64);
        var volumes = batches.VolumesOf(1, 1)!;
        volumes.Distinct().Should().HaveCount(2);
        volumes.Count.Should().BeGreaterThan(4, "volumes are cut into tiles");

        var value = TiledLoss.Backward(run, images, labels, volumes);
        var gradients = run.Network.parameters().Select(parameter => parameter.grad!.clone()).ToArray();
        foreach (var parameter in run.Network.parameters())
        {
            parameter.grad!.zero_();
        }

        var whole = WholeLoss(run, images, labels, volumes);
        whole.backward();

        value.Should().BeApproximately(whole.to(ScalarType.Float64).item<double>(), Tolerance);
        foreach (var (parameter, gradient) in run.Network.parameters().Zip(gradients))
        {
            (parameter.grad! - gradient).abs().max().item<double>().Should().BeLessThan(Tolerance);
        }

        gradients.Max(gradient => gradient.abs().max().item<double>()).Should().BeGreaterThan(1e-3);
    }

    [Fact]
    public void Steps_LeaveNoTensorBehind()
    {
        using var scope = NewDisposeScope();
        var settings = TinyVolumes.Settings();
        using var data = TinyVolumes.Splits();
        using var run = new RunState(settings, data, settings.Runs.Single(), CPU);
        var batches = TinyVolumes.Batches(settings, data);
        var (images, labels) = batches.Batch(1, 1);
        Left();
        Left().Should().Be(Left());

        long Left()
        {
            TiledLoss.Backward(run, images, labels, batches.VolumesOf(1, 1)!);
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
    }

    /// <summary>Dropout draws anew in the second pass.</summary>
    [Fact]
    public void OtherLogitsInTheSecondPass_AreRefused()
    {
        using var scope = NewDisposeScope();
        var settings = Tiny.Settings() with { Network = "Fpn", Encoder = EncoderKind.ResNet18, Widths = [32, 32], Size = [32, 32] };
        using var data = Tiny.Splits();
        using var run = new RunState(settings, data, settings.Runs.Single(), CPU);
        run.Network.train();
        var backward = () => TiledLoss.Backward(run, randn(2, 3, 32, 32), randint(0, 3, [2, 32, 32]), [0, 0]);
        backward.Should().Throw<UserError>().WithMessage("--whole: both passes over the tiles need the same logits*");
    }

    /// <summary>Running averages and statistics of a batch would make tiles depend on each other.</summary>
    [Fact]
    public void Networks3d_NormaliseEachTileByItself() =>
        NetworkFactory.All.Where(kind => kind.Dimensions == 3).Should().NotBeEmpty().And.AllSatisfy(kind =>
        {
            using var network = kind.Create(TinyVolumes.Settings(), 1, 2);
            network.buffers().Should().BeEmpty();
        });

    [Theory]
    [InlineData("RCE(L1):balance=0.1", "balance measures gradients of a batch")]
    [InlineData("Lovasz", "only region terms add up over parts")]
    [InlineData("RCE(L1)", null)]
    [InlineData("DiceCE", null)]
    public void ALossThatTilesCannotHave_IsNamed(string loss, string? why) =>
        (TiledLoss.Obstacle(LossSpec.Parse(loss)) ?? "none").Should().Contain(why ?? "none");

    [Fact]
    public void StoppedAndResumed_GivesTheSameAsUnbroken()
    {
        var settings = TinyVolumes.Settings();
        var key = settings.Runs.Single();
        using var data = TinyVolumes.Splits();
        using var unbroken = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        using var all = new RecordedProgress();
        var expected = TinyVolumes.Trainer(settings, data).Train(key, unbroken.Path, all, all.Stop)!;
        using var first = new RecordedProgress(stopAfter: 3);
        TinyVolumes.Trainer(settings, data).Train(key, broken.Path, first, first.Stop).Should().BeNull();
        using var second = new RecordedProgress();
        var resumed = TinyVolumes.Trainer(settings, data).Train(key, broken.Path, second, second.Stop)!;
        Text(resumed).Should().Be(Text(expected));
        expected.Epochs[^1].Parts.Should().StartWith("RCE(L1)").And.Contain("L1");
    }

    private static Tensor WholeLoss(RunState run, Tensor images, Tensor labels, IReadOnlyList<long> volumes)
    {
        var logits = run.Network.call(images).flatten(2);
        var (numbers, known) = (images.flatten(1).frac().mul(1000).round(), labels.flatten(1));
        var entries = volumes.Distinct().Select(volume =>
        {
            var voxels = from tile in Enumerable.Range(0, volumes.Count)
                         where volumes[tile] == volume
                         from place in Enumerable.Range(0, (int)known.shape[1])
                         let label = known[tile, place].item<byte>()
                         where label != VolumeLabels.IgnoredLabel
                         orderby numbers[tile, place].item<double>()
                         select (Logits: logits[tile, TensorIndex.Colon, place], Label: (long)label);
            return voxels.ToArray();
        }).ToArray();
        var most = entries.Max(voxels => voxels.Length);
        var together = entries.Select(voxels => nn.functional.pad(stack(voxels.Select(voxel => voxel.Logits), 1), [0, most - voxels.Length]));
        var target = entries.Select(voxels => tensor((long[])[.. voxels.Select(voxel => voxel.Label), .. Enumerable.Repeat(255L, most - voxels.Length)]));
        return run.Loss.call(stack(together), stack(target));
    }

    private static string Text(RunResult result) => JsonSerializer.Serialize(
        result with { Epochs = [.. result.Epochs.Select(epoch => epoch with { Seconds = 0 })] }, ResultFolder.Json);
}
