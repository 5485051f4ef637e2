using System.Text.RegularExpressions;

namespace SegLossBias.Training;

/// <summary>Holds out a share of the pictures for validation, drawn by seed; pictures of one group stay together.</summary>
internal static class SeededSplit
{
    /// <summary>Share of the pictures that validation gets: at least this, as groups are not cut.</summary>
    public const double ValidationShare = 0.2;

    /// <summary>Depends on the names and the seed alone, not on the order of the samples.</summary>
    public static (List<PictureSample> Train, List<PictureSample> Validation) Split(
        IReadOnlyList<PictureSample> samples, Func<string, string> groupOf, int seed)
    {
        var groups = samples.OrderBy(sample => sample.Pair.Name, StringComparer.Ordinal)
            .GroupBy(sample => groupOf(sample.Pair.Name)).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        new Random(seed).Shuffle(groups);
        var (train, validation) = (new List<PictureSample>(), new List<PictureSample>());
        foreach (var group in groups)
        {
            (validation.Count < ValidationShare * samples.Count ? validation : train).AddRange(group);
        }

        return (train, validation);
    }

    /// <summary>The first group of a regular expression, or all that it matches; a name that it does not match stands alone.</summary>
    public static Func<string, string> GroupBy(string pattern)
    {
        try
        {
            var regex = new Regex(pattern);
            return name => regex.Match(name) is { Success: true } match ? match.Groups[match.Groups.Count > 1 ? 1 : 0].Value : name;
        }
        catch (ArgumentException invalid)
        {
            throw UserError.Usage($"--group: {invalid.Message}");
        }
    }
}
