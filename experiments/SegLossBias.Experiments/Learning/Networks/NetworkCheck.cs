namespace SegLossBias.Experiments.Learning;

/// <summary>What networks demand of widths and size.</summary>
internal static class NetworkCheck
{
    private const int LargestDepth = 12;
    private const int LargestWidth = 4096;

    /// <summary>Every width above 0 and a multiple of a unit.</summary>
    public static void Widths(ExperimentSettings settings, int unit) => Ensure(
        settings.Widths.All(channels => channels is > 0 and <= LargestWidth && channels % unit == 0),
        $"every width of a network must be a multiple of {unit} up to {LargestWidth}, but they are {string.Join(',', settings.Widths)}; round them, for example to 16,32,64");

    /// <summary>Every side above 0 and a multiple of a unit.</summary>
    public static void SizeUnit(ExperimentSettings settings, int unit) => Ensure(
        settings.Size.All(side => side > 0 && side % unit == 0),
        $"--size: with an encoder every side must be a multiple of {unit}, but it is {string.Join('×', settings.Size)}; round it");

    /// <summary>A network that halves the size with each further width: its coarsest maps must have something to normalise over.</summary>
    public static void HalvedByWidth(ExperimentSettings settings)
    {
        var (widths, size) = (settings.Widths, settings.Size);
        var space = string.Join('×', size);
        Ensure(widths.Count is > 0 and <= LargestDepth, $"a network has 1 to {LargestDepth} widths, one per resolution, but there are {widths.Count}");
        Widths(settings, Layers.WidthUnit);
        var unit = 1 << (widths.Count - 1);
        Ensure(
            size.All(length => length > 0 && length % unit == 0),
            $"with {widths.Count} widths every size must be a multiple of {unit}, but it is {space}; round it, or take fewer widths");
        Ensure(
            size.Any(length => length > unit),
            $"with {widths.Count} widths the size {space} shrinks to a single pixel, which cannot be normalised; enlarge it, or take fewer widths");
    }

    /// <exception cref="UserError">It does not hold.</exception>
    public static void Ensure(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw UserError.Usage(otherwise);
        }
    }
}
