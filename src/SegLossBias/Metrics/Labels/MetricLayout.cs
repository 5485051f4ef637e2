using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>How labels are read and which classes are evaluated: what two accumulators must share to be merged.</summary>
internal sealed class MetricLayout
{
    internal MetricLayout(int classes, ClassSelection? selection, SegmentationMode mode, long? ignoreIndex)
        : this(classes, Columns(classes, selection, mode), mode, ignoreIndex)
    {
    }

    internal MetricLayout(int classes, IReadOnlyList<int> selected, SegmentationMode mode, long? ignoreIndex) =>
        (Classes, Selected, Mode, IgnoreIndex) = (classes, selected, mode, ignoreIndex);

    internal int Classes { get; }

    internal IReadOnlyList<int> Selected { get; }

    internal SegmentationMode Mode { get; }

    internal long? IgnoreIndex { get; }

    /// <summary>Whether a mode may have so many classes.</summary>
    internal static bool Fits(int classes, SegmentationMode mode) => mode switch
    {
        SegmentationMode.Multiclass => classes >= 2,
        SegmentationMode.Binary => classes == 1,
        _ => classes >= 1,
    };

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

    public override string ToString() =>
        $"{Mode} with {Classes} classes, evaluated {Shapes.Text(Selected)}, ignoreIndex {(IgnoreIndex is { } index ? FormattableString.Invariant($"{index}") : "none")}";

    private static int[] Columns(int classes, ClassSelection? selection, SegmentationMode mode)
    {
        if (!Enum.IsDefined(mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "mode must be one of SegmentationMode.");
        }

        if (!Fits(classes, mode))
        {
            throw new ArgumentOutOfRangeException(nameof(classes), classes, "multiclass labels have at least 2 classes, binary labels 1 (the foreground), multilabel ones at least 1 channel.");
        }

        using var scope = NewDisposeScope();
        var columns = (selection ?? ClassSelection.All).Apply(tensor(Enumerable.Range(0, classes).Select(@class => (long)@class).ToArray(), [1, classes]));
        return [.. columns.data<long>().ToArray().Select(column => (int)column)];
    }
}
