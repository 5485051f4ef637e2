namespace SegLossBias;

/// <summary>How an overlap score D of a region, between 0 and 1, becomes its loss.</summary>
public enum OverlapLink
{
    /// <summary>1 − D; between 0 and 1.</summary>
    Linear,

    /// <summary>−log max(D, ε); between 0 and −log ε, with no gradient below ε.</summary>
    Log,

    /// <summary>log cosh(1 − D); between 0 and 0.434, flat where D is near 1 (Jadon, arXiv:2006.14822).</summary>
    LogCosh,

    /// <summary>−D, nnU-Net's; between −1 and 0, with the gradient of <see cref="Linear"/>. What counts 0 counts as the worst.</summary>
    Negative,
}
