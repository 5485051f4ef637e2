namespace SegLossBias.Experiments.Settings;

internal enum AugmentationKind
{
    None,

    /// <summary>Mirrored at random along each axis.</summary>
    Flips,

    /// <summary>Mirrored, rotated, and changed in brightness and contrast.</summary>
    Full,
}
