using static System.FormattableString;

namespace SegLossBias.Experiments.Data;

/// <summary>The data without files: <see cref="SyntheticFundus"/>, drawn by the data's seed.</summary>
internal static class GeneratedPictures
{
    private const int Training = 320;
    private const int Validation = 96;

    public static CaseSplits Create(ExperimentSettings settings)
    {
        var (height, width) = (settings.Size[0], settings.Size[1]);
        if (height != width)
        {
            throw UserError.Usage(Invariant($"--size: generated pictures are square, not {height}×{width}; give one side"));
        }

        return new(
            SyntheticFundus.Cases("train", Training, height, settings.DataSeed),
            SyntheticFundus.Cases("validation", Validation, height, settings.DataSeed + 1_000_000), [],
            ["background", "lesion"], null, Invariant($"generated fundus-like pictures (seed {settings.DataSeed})"));
    }
}
