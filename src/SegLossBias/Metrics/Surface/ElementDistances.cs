namespace SegLossBias;

/// <summary>The elements of one surface: distances to the other surface, ascending, and sizes.</summary>
internal sealed class ElementDistances
{
    /// <summary>Comparisons forgive the rounding of a sum: 2 · 0.1 + 0.1 is within 0.3.</summary>
    private const double Rounding = 1e-12;

    internal ElementDistances(double[] distances, double[] sizes)
    {
        (Distances, Sizes) = (distances, sizes);
        for (var i = 0; i < sizes.Length; i++)
        {
            Total += sizes[i];
            Moment += sizes[i] * distances[i];
        }
    }

    internal double[] Distances { get; }

    internal double[] Sizes { get; }

    internal int Count => Sizes.Length;

    /// <summary>Σ a.</summary>
    internal double Total { get; }

    /// <summary>Σ a·d.</summary>
    internal double Moment { get; }

    /// <summary>Σ a over d ≤ tolerance.</summary>
    internal double SizeWithin(double tolerance)
    {
        var sum = 0.0;
        for (var i = 0; i < Count && Distances[i] <= tolerance * (1 + Rounding); i++)
        {
            sum += Sizes[i];
        }

        return sum;
    }

    /// <summary>The smallest distance within which this percentage of the surface lies; ∞ without a surface.</summary>
    internal double Percentile(double percentile)
    {
        var wanted = percentile / 100 * Total * (1 - Rounding);
        var sum = 0.0;
        for (var i = 0; i < Count - 1; i++)
        {
            sum += Sizes[i];
            if (sum >= wanted)
            {
                return Distances[i];
            }
        }

        return Count == 0 ? double.PositiveInfinity : Distances[^1];
    }
}
