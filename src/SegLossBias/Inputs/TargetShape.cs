namespace SegLossBias;

/// <summary>Which shapes a target may have beside logits [N,K,*], and what is wrong with another one.</summary>
internal static class TargetShape
{
    /// <summary>Returns whether a multiclass target is one-hot [N,K,*] rather than class indices.</summary>
    /// <param name="logits">[N,K,*]; of a label map, what its logits would have.</param>
    /// <param name="target">The target's shape.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="prediction">The shape of the label map where there are no logits.</param>
    internal static bool Check(long[] logits, long[] target, SegmentationMode mode, long[]? prediction = null)
    {
        if (Fits(logits, target, mode))
        {
            return mode == SegmentationMode.Multiclass && target.AsSpan().SequenceEqual(logits);
        }

        var beside = prediction is null ? $"{mode} logits of shape {Shapes.Text(logits)}" : $"a {mode} prediction of shape {Shapes.Text(prediction)}";
        throw new ArgumentException($"for {beside} the target must be {Expected(logits, mode)}, but its shape is {Shapes.Text(target)}; {Remedy(logits, target, mode, prediction is null)}.", nameof(target));
    }

    internal static bool Fits(long[] logits, long[] target, SegmentationMode mode) =>
        target.AsSpan().SequenceEqual(logits) || (mode != SegmentationMode.Multilabel && IsIndex(logits, target));

    /// <summary>[N,*] or [N,1,*].</summary>
    internal static bool IsIndex(long[] logits, long[] target) =>
        target.AsSpan().SequenceEqual(WithoutChannel(logits)) || target.AsSpan().SequenceEqual(OneChannel(logits));

    private static long[] WithoutChannel(long[] logits) => [logits[0], .. logits[2..]];

    private static long[] OneChannel(long[] logits) => [logits[0], 1, .. logits[2..]];

    /// <summary>[N,*,K] as [N,K,*].</summary>
    private static long[] ChannelFirst(long[] shape) => [shape[0], shape[^1], .. shape[1..^1]];

    private static string Expected(long[] logits, SegmentationMode mode) => mode switch
    {
        SegmentationMode.Multiclass => $"class indices {Shapes.Text(WithoutChannel(logits))} or {Shapes.Text(OneChannel(logits))}, or one-hot {Shapes.Text(logits)}",
        SegmentationMode.Binary => $"{Shapes.Text(WithoutChannel(logits))} or {Shapes.Text(OneChannel(logits))}",
        _ => $"{Shapes.Text(logits)}, one channel of 0 and 1 for each label",
    };

    private static string Remedy(long[] logits, long[] target, SegmentationMode mode, bool hasLogits)
    {
        if (Fits(logits, [1, .. target], mode))
        {
            return "it has no batch axis, add one with target.unsqueeze(0)";
        }

        if (hasLogits && LogitsCheck.HasChannelsOf(mode, logits[^1]) && Fits(ChannelFirst(logits), target, mode))
        {
            return $"the logits look channels-last, pass logits.{Permutation(logits.Length)}";
        }

        if (target.Length == logits.Length && Fits(logits, ChannelFirst(target), mode))
        {
            return $"it looks channels-last, pass target.{Permutation(target.Length)}";
        }

        var hasChannels = target.Length == logits.Length;
        if (!hasChannels && (target.Length != logits.Length - 1 || mode == SegmentationMode.Multilabel))
        {
            return "give it the axes that it should have with unsqueeze, or drop those of size 1 with squeeze";
        }

        return string.Join(" and ", Differences(logits, target, hasChannels, mode));
    }

    private static IEnumerable<string> Differences(long[] logits, long[] target, bool hasChannels, SegmentationMode mode)
    {
        if (target[0] != logits[0])
        {
            yield return $"the batches differ, {logits[0]} and {target[0]} images, pass images and masks of the same cases";
        }

        if (hasChannels && target[1] != logits[1] && (target[1] != 1 || mode == SegmentationMode.Multilabel))
        {
            yield return $"the channels differ, {logits[1]} and {target[1]}, pass {Channels(mode)}";
        }

        var (size, other) = (logits[2..], hasChannels ? target[2..] : target[1..]);
        if (!size.AsSpan().SequenceEqual(other))
        {
            yield return $"the spatial sizes differ, {Shapes.Text(size)} and {Shapes.Text(other)}, check that image and mask were resized alike";
        }
    }

    private static string Channels(SegmentationMode mode) => mode switch
    {
        SegmentationMode.Multiclass => "class indices, or one channel for each class",
        SegmentationMode.Binary => "the foreground alone",
        _ => "one channel for each label",
    };

    /// <summary>The call that moves the last of so many axes behind the first.</summary>
    internal static string Permutation(int axes) => $"permute(0, {axes - 1}, {string.Join(", ", Enumerable.Range(1, axes - 2))})";
}
