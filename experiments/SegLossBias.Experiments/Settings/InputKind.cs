namespace SegLossBias.Experiments.Settings;

/// <summary>Which scaling of pictures belongs to the initial weights of a network.</summary>
internal enum InputKind
{
    /// <summary>Each picture with mean 0 and standard deviation 1: for networks from random weights.</summary>
    PerPicture,

    /// <summary>Less the mean of ImageNet, over its standard deviation, by channel: for pretrained encoders.</summary>
    ImageNet,
}
