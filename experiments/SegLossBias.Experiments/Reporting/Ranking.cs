namespace SegLossBias.Experiments.Reporting;

/// <summary>Which values of a column are the best and the second best, as shown: what looks the same shares its place.</summary>
internal static class Ranking
{
    /// <param name="costs">Lower is better; what is not finite has no place.</param>
    /// <param name="shown">The text of a magnitude.</param>
    /// <returns>No place at all where nothing can be told apart.</returns>
    public static IReadOnlyList<Emphasis> Of(IReadOnlyList<double> costs, Func<double, string> shown)
    {
        string Shown(double cost) => shown(Math.Abs(cost));
        var places = costs.Where(double.IsFinite).Order().Select(Shown).Distinct().ToList();
        return [.. costs.Select(cost => places.Count > 1 && double.IsFinite(cost)
            ? places.IndexOf(Shown(cost)) switch { 0 => Emphasis.Best, 1 => Emphasis.Second, _ => Emphasis.None }
            : Emphasis.None)];
    }
}
