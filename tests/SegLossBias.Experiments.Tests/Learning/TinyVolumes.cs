using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>An experiment on whole volumes that trains in a second: a bright box in each of a few volumes of different sizes.</summary>
internal static class TinyVolumes
{
    public static readonly int[] TileSize = [4, 6, 4];

    public static ExperimentSettings Settings(string loss = "RCE(L1)", int epochs = 2, int batch = 2) => new()
    {
        Layout = "Nifti", Size = TileSize, Network = "UNet3d", Widths = [16, 16], Losses = [LossSpec.Parse(loss)], Seeds = [1], WholeVolumes = true,
        Epochs = epochs, Batch = batch, Optimizer = OptimizerKind.Adam, LearningRate = 1e-2, Schedule = RateSchedule.Constant,
        Augmentation = AugmentationKind.Full, Device = "cpu",
    };

    public static CaseSplits Splits() => new(
        [Volume("a", 9, 8, 5), Volume("b", 3, 7, 4), Volume("c", 8, 7, 5)], [Volume("d", 5, 9, 6)], [], ["background", "box"], null, "made for a test");

    public static RunTrainer Trainer(ExperimentSettings settings, CaseSplits data) =>
        new(settings, data, seed => Batches(settings, data, seed), new VolumePredictor([.. TileSize.Select(side => (long)side)], CPU), CPU);

    public static ITrainingBatches Batches(ExperimentSettings settings, CaseSplits data, int seed = 1) =>
        new WholeVolumes(data.Train, settings, seed, VolumeLabels.IgnoredLabel);

    /// <summary>The image numbers the voxels from 1, those of the box from 1001, divided by 1000.</summary>
    private static Case Volume(string name, params long[] space)
    {
        using var scope = NewDisposeScope();
        var labels = zeros(space, ScalarType.Byte);
        using (var box = labels.narrow(0, 1, 2).narrow(1, 2, 3).narrow(2, 0, 2))
        {
            box.fill_(1);
        }

        var numbers = arange(1, labels.numel() + 1, ScalarType.Float32).reshape(space).add_(labels.to(ScalarType.Float32).mul(1000)).div_(1000);
        return new Case(name, numbers.unsqueeze(0).MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope(), [1, 1, 1]);
    }
}
