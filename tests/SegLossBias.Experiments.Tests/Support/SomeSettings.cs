namespace SegLossBias.Experiments.Tests.Support;

/// <summary>Settings of experiments of which a test varies little.</summary>
internal static class SomeSettings
{
    public static ExperimentSettings OnPictures(string layout, string? data, int height = 8, int width = 8) => new()
    {
        Data = data, Layout = layout, Size = [height, width], Network = "UNet", Widths = [16], Losses = [new("CE")], Seeds = [1],
        Epochs = 1, Batch = 2, Optimizer = OptimizerKind.Adam, LearningRate = 1e-3, Schedule = RateSchedule.Constant,
        Augmentation = AugmentationKind.None, Device = "cpu",
    };
}
