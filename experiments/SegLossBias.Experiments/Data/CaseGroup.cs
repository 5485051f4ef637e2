using System.Text.RegularExpressions;

namespace SegLossBias.Experiments.Data;

/// <summary>Which cases belong together, for example as pictures of one patient, told by their names.</summary>
internal static class CaseGroup
{
    /// <summary>The group of a name; null where it stands alone.</summary>
    public static string? Of(string name, Func<string, string> groupOf) => groupOf(name) is var group && group != name ? group : null;

    /// <param name="pattern">A regular expression: its first group, or all that it matches; a name that it does not match stands alone. Null: every case does.</param>
    /// <exception cref="UserError">It is not a regular expression.</exception>
    public static Func<string, string> By(string? pattern)
    {
        if (pattern is null)
        {
            return name => name;
        }

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
