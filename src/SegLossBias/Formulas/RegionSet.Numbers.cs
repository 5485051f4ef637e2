namespace SegLossBias;

/// <content>Numbers of the classes, and the mean over pixels that they weigh.</content>
public sealed partial class RegionSet
{
    /// <summary>The mean of a loss over the pixels: Σ w·loss / Σ w·T, with w the weight of the class.</summary>
    /// <param name="losses">A sum over the pixels of each region.</param>
    /// <param name="weight">One for each class; null for 1.</param>
    internal LossFormula MeanOverPixels(Formula losses, ClassWeights? weight)
    {
        if (weight is null)
        {
            return new(losses.Sum(Axis.Classes), TargetSize.Sum(Axis.Classes));
        }

        var w = Weights(weight);
        return new((w * losses).Sum(Axis.Classes), (w * TargetSize).Sum(Axis.Classes));
    }

    /// <summary>A number for each region, from its class and whether it is the background of that class.</summary>
    /// <param name="value">The number.</param>
    /// <param name="symbol">How texts call it.</param>
    internal Formula Numbers(Func<int, bool, double> value, string symbol)
    {
        EnsureOfClasses("a number for each class");
        return new ConstantFormula([.. _columns.Select(column => value(column % _regions.Channels, column >= _regions.Channels))], symbol);
    }

    /// <summary>Some of the regions, told by class and side; null where there is none.</summary>
    internal RegionSet? Where(Func<int, bool, bool> isMeant)
    {
        EnsureOfClasses("a choice of classes");
        int[] columns = [.. _columns.Where(column => isMeant(column % _regions.Channels, column >= _regions.Channels))];
        return columns.Length == 0 ? null : new(_regions, columns, _isPooled);
    }

    /// <summary>The regions in groups with the same number, such as an exponent of their class.</summary>
    /// <param name="numbers">One for each class; in binary mode the first of background, the second of foreground.</param>
    /// <param name="what">What they are, for the message of an error.</param>
    /// <exception cref="ArgumentException">There are more or fewer numbers than classes.</exception>
    internal IEnumerable<(double Number, RegionSet Regions)> GroupedBy(ClassWeights numbers, string what) =>
        _columns.Zip(OfClasses(numbers, what)).GroupBy(pair => pair.Second, pair => pair.First)
            .Select(group => (group.Key, new RegionSet(_regions, [.. group], _isPooled)));

    private double[] OfClasses(ClassWeights numbers, string what)
    {
        EnsureOfClasses($"{what} for each class");
        var isBinary = _regions.Mode == SegmentationMode.Binary;
        numbers.EnsureOneForEach("class", isBinary ? 2 : _regions.Channels, what);
        return [.. _columns.Select(column => numbers.Values[isBinary ? (column == 0 ? 1 : 0) : column % _regions.Channels])];
    }
}
