namespace SegLossBias;

/// <summary>How labels are read and which classes are evaluated: what two accumulators must share to be merged.</summary>
internal sealed class MetricLayout
{
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    internal MetricLayout(int classes, ClassSelection selection, SegmentationMode mode, long? ignoreIndex, IReadOnlyList<long> ignoreIndices)
    {
        LogitsCheck.Classes(classes, mode);
        (Classes, Selected, Mode, IgnoreIndex, IgnoreIndices) = (classes, Array.AsReadOnly(selection.Of(classes)), mode, ignoreIndex, ignoreIndices);
    }

    internal int Classes { get; }

    internal IReadOnlyList<int> Selected { get; }

    internal SegmentationMode Mode { get; }

    /// <summary>A label of pixels that are counted nowhere; null for none.</summary>
    internal long? IgnoreIndex { get; }

    /// <summary>More such labels.</summary>
    internal IReadOnlyList<long> IgnoreIndices { get; }

    /// <summary>Whether a mode may have so many classes.</summary>
    internal static bool Fits(int classes, SegmentationMode mode) => LogitsCheck.HasChannelsOf(mode, classes);

    /// <summary>Refuses a number of classes that fits no mode.</summary>
    internal static int Positive(int classes) => classes >= 1
        ? classes
        : throw new ArgumentOutOfRangeException(nameof(classes), classes, $"classes must be at least 1, but it is {classes}; pass the number of channels of the logits.");

    /// <summary>The settings as text, or why they contradict each other.</summary>
    internal static string Text(Func<MetricLayout> layout)
    {
        try
        {
            return layout().ToString();
        }
        catch (ArgumentException error)
        {
            return error.Message;
        }
    }

    /// <summary>The column of a class in a row of results.</summary>
    internal int Column(int @class)
    {
        for (var column = 0; column < Selected.Count; column++)
        {
            if (Selected[column] == @class)
            {
                return column;
            }
        }

        throw new ArgumentException($"class {@class} is not evaluated; the classes are {Shapes.Text(Selected)}.", nameof(@class));
    }

    internal void EnsureSame(MetricLayout other)
    {
        if (ToString() != other.ToString())
        {
            throw new ArgumentException($"only results of the same settings can be merged, but these are of {this} and the others of {other}.", nameof(other));
        }
    }

    /// <summary>Refuses to merge what was measured with another setting.</summary>
    internal static void EnsureSame<T>(string name, T value, T other)
    {
        if (!Equals(value, other))
        {
            throw new ArgumentException(FormattableString.Invariant($"only results of the same {name} can be merged, but these are of {value} and the others of {other}."), nameof(other));
        }
    }

    public override string ToString() =>
        $"Classes = {Classes}, Mode = {Mode}, Evaluated = {Shapes.Text(Selected)}, IgnoreIndex = {IgnoredLabels.Text(IgnoredLabels.Of(IgnoreIndex, IgnoreIndices))}";
}
