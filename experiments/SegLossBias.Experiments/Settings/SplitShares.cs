using System.Globalization;

namespace SegLossBias.Experiments.Settings;

/// <summary>How a seeded split divides cases.</summary>
/// <param name="Validation">Share that validation gets: at least this, as groups are not cut.</param>
/// <param name="Test">Share of the test set, likewise; 0 for none.</param>
internal sealed record SplitShares(double Validation, double Test)
{
    /// <summary>Where nothing is given: a fifth validates.</summary>
    public static readonly SplitShares Default = new(0.2, 0);

    /// <summary>Reads shares such as 80/20 or 80/10/10.</summary>
    /// <returns>Null if the text is something else, such as the name of lists.</returns>
    public static SplitShares? Parse(string text)
    {
        var parts = text.Split('/').Select(part => double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) ? share : double.NaN).ToArray();
        return parts.Length is 2 or 3 && parts.All(double.IsFinite) && parts[0] > 0 && parts[1] > 0
            ? new(parts[1] / parts.Sum(), parts.ElementAtOrDefault(2) / parts.Sum())
            : null;
    }
}
