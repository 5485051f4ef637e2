namespace SegLossBias;

/// <summary>Which pixel is the nearest when labels get another size. Both rules take a pixel as it is and mix none.</summary>
public enum NearestRule
{
    /// <summary>Pixel i of m takes pixel ⌊(i + ½)·n/m⌋ of n, the one at its centre: <c>nearest-exact</c> of <c>interpolate</c>, which nnU-Net and MONAI have.</summary>
    NearestExact,

    /// <summary>Pixel i of m takes pixel ⌊i·n/m⌋ of n, the one at its beginning: <c>nearest</c> of <c>interpolate</c>.</summary>
    Nearest,
}
