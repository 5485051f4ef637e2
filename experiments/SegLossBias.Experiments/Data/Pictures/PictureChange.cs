namespace SegLossBias.Experiments.Data;

/// <summary>How one picture is changed in one epoch of training.</summary>
/// <param name="FlipRows">Mirrored top to bottom.</param>
/// <param name="FlipColumns">Mirrored left to right.</param>
/// <param name="Degrees">Rotation about the centre.</param>
/// <param name="Brightness">Added to every value, in units of the full range.</param>
/// <param name="Contrast">Factor of the distance from the pivot.</param>
/// <param name="Gamma">Exponent of the values as fractions of the full range.</param>
/// <param name="AboutMean">Whether the contrast's pivot is the picture's mean, or black.</param>
/// <param name="CropRow">Which part of a picture larger than the size is seen: 0 the topmost, 1 the lowest.</param>
/// <param name="CropColumn">Likewise from left to right.</param>
internal sealed record PictureChange(
    bool FlipRows = false, bool FlipColumns = false, double Degrees = 0, double Brightness = 0, double Contrast = 1, double Gamma = 1,
    bool AboutMean = true, double CropRow = 0.5, double CropColumn = 0.5)
{
    private const double LargestDegrees = 15;
    private const double LargestBrightness = 0.1;
    private const double LargestContrast = 0.2;
    private const double LargestLogGamma = 0.3;

    /// <summary>Of brightness and contrast alike, as in the reference of the paper.</summary>
    private const double LargestColour = 0.2;

    /// <summary>The change of a case, a pure function of its arguments.</summary>
    /// <remarks>
    /// Each axis is mirrored with probability 1/2, in a crop the columns alone. The full kind also draws, all uniformly, a
    /// rotation of up to 15°, a brightness of up to ±0.1, a contrast of 0.8 to 1.2 and a log gamma of up to ±0.3. Colour and crop
    /// draw, with probability 1/2, a brightness of up to ±0.2 and a contrast of 0.8 to 1.2 about black; a crop any part.
    /// </remarks>
    public static PictureChange Draw(AugmentationKind kind, int seed, int epoch, int index)
    {
        if (kind == AugmentationKind.None)
        {
            return new();
        }

        var random = new Random(unchecked((int)Mix(Mix(Mix((uint)seed) + (uint)epoch) + (uint)index)));
        double Within(double largest) => largest * ((2 * random.NextDouble()) - 1);
        var flips = new PictureChange(random.Next(2) == 1, random.Next(2) == 1);
        return kind switch
        {
            AugmentationKind.Flips => flips,
            AugmentationKind.Colour => Coloured(flips),
            AugmentationKind.Crop => Coloured(flips with { FlipRows = false }) with { CropRow = random.NextDouble(), CropColumn = random.NextDouble() },
            _ => flips with
            {
                Degrees = Within(LargestDegrees), Brightness = Within(LargestBrightness), Contrast = 1 + Within(LargestContrast), Gamma = Math.Exp(Within(LargestLogGamma)),
            },
        };

        PictureChange Coloured(PictureChange change) => random.Next(2) == 1
            ? change with { Brightness = Within(LargestColour), Contrast = 1 + Within(LargestColour), AboutMean = false }
            : change;
    }

    /// <summary>SplitMix64: neighbouring seeds, epochs and cases get unrelated numbers (Steele et al., doi 10.1145/2660193.2660195).</summary>
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
