using System.Text.RegularExpressions;

namespace SegLossBias.Training;

/// <summary>Holds a seeded part of the cases out for validation; cases of one group, for example of one patient, stay together.</summary>
internal static class HoldOut
{
    /// <summary>Share of the cases that goes to validation; one group at least.</summary>
    public const double Share = 0.2;

    public static (IReadOnlyList<Case> Train, IReadOnlyList<Case> Validation) Split(IReadOnlyList<Case> cases, ExperimentSettings settings)
    {
        var groups = cases.GroupBy(item => GroupOf(item.Name, settings.Group)).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        new Random(settings.DataSeed).Shuffle(groups);
        var (train, validation) = (new List<Case>(), new List<Case>());
        foreach (var group in groups)
        {
            (validation.Count < Share * cases.Count ? validation : train).AddRange(group);
        }

        return (train, validation);
    }

    public static string Describe(string what, ExperimentSettings settings) => FormattableString.Invariant(
        $"a seeded {100 * Share:0} % of {what} held out for validation{(settings.Group is null ? "" : ", groups kept together")} (seed {settings.DataSeed})");

    private static string GroupOf(string name, string? group)
    {
        try
        {
            return group is not null && Regex.Match(name, group) is { Success: true } match
                ? match.Groups[match.Groups.Count > 1 ? 1 : 0].Value
                : name;
        }
        catch (RegexParseException invalid)
        {
            throw UserError.Usage($"--group '{group}' is not a regular expression: {invalid.Message}");
        }
    }
}
