namespace SegLossBias.Experiments.Settings;

internal enum AugmentationKind
{
    None,

    /// <summary>Mirrored at random along each axis.</summary>
    Flips,

    /// <summary>Mirrored along each axis; brightness and contrast changed by up to 0.2 with probability 1/2. Pictures only.</summary>
    Colour,

    /// <summary>
    /// The paper's for polyps: a random part of a picture 1.25 times as large, mirrored left to right; brightness and contrast
    /// changed by up to 0.2 with probability 1/2. Pictures only.
    /// </summary>
    Crop,

    /// <summary>Mirrored, rotated, and changed in brightness and contrast.</summary>
    Full,
}
