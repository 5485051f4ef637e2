namespace SegLossBias.Experiments.Settings;

/// <summary>What a network has as its encoder.</summary>
internal enum EncoderKind
{
    /// <summary>The network's own.</summary>
    None,

    ResNet18,
    ResNet34,
    ResNet50,
}
