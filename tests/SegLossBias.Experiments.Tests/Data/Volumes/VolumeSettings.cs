namespace SegLossBias.Experiments.Tests.Data.Volumes;

internal static class VolumeSettings
{
    public static ExperimentSettings Of(int[] size, int batch = 2) => new()
    {
        Layout = "Nifti", Size = size, Network = "UNet3d", Widths = [16, 32], Losses = [new LossSpec("CE")], Seeds = [1],
        Epochs = 1, Batch = batch, Optimizer = OptimizerKind.Adam, LearningRate = 1e-3, Schedule = RateSchedule.Constant,
        Augmentation = AugmentationKind.None, Device = "cpu",
    };
}
