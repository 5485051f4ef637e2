using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>All labels of pixels to leave out: one, more, or both settings together.</summary>
internal static class IgnoredLabels
{
    /// <summary>Each label once, the single one first.</summary>
    /// <param name="index">The single one; null for none.</param>
    /// <param name="indices">More of them; null for none.</param>
    internal static long[] Of(long? index, IReadOnlyList<long>? indices) =>
        [.. (index is { } one ? (long[])[one] : []).Concat(indices ?? []).Distinct()];

    /// <summary>Where a tensor has one of them.</summary>
    internal static Tensor Are(Tensor labels, IReadOnlyList<long> ignored)
    {
        var all = zeros_like(labels, dtype: ScalarType.Bool);
        foreach (var index in ignored)
        {
            all.bitwise_or_(LabelCheck.AreEqual(labels, index));
        }

        return all;
    }

    /// <summary>None, the label, or a list of them in ascending order.</summary>
    internal static string Text(IReadOnlyList<long> ignored) => ignored.Count switch
    {
        0 => "none",
        1 => FormattableString.Invariant($"{ignored[0]}"),
        _ => Shapes.Text(ignored.Order()),
    };
}
