using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Checks soft labels and separates the ignored pixels. In the good case the numbers it reads on the host are read with those of the other checks.</summary>
internal static class SoftLabelCheck
{
    private static readonly Scalar One = 1.ToScalar();

    /// <summary>Soft labels, 0 where ignored, and the ignored pixels: [N,V] of exclusive classes, else [N,K,V]; null when none is.</summary>
    /// <param name="soft">[N,K,V] in the width of the logits.</param>
    /// <param name="input">The input they are of.</param>
    /// <param name="reads">What is read on the host; null where nothing may be: then pixels of wrong labels are ignored.</param>
    /// <param name="weightless">Pixels that weigh nothing, which are ignored too; null where there are no weights.</param>
    /// <exception cref="ArgumentException">A label lies outside [0, 1], or those of exclusive classes do not add up to 1.</exception>
    internal static (Tensor Soft, Tensor? Ignored) Flat(Tensor soft, SegmentationInput input, HostReads? reads, Tensor? weightless)
    {
        var isExclusive = input.Mode == SegmentationMode.Multiclass;
        var ignored = IsIgnored(soft, input);
        ignored = ignored is null || weightless is null ? ignored ?? weightless : ignored.bitwise_or(weightless);
        var allowed = input.SoftTolerance;
        using var least = (-allowed).ToScalar();
        using var most = (1 + allowed).ToScalar();
        var isOutside = soft.ge(least).bitwise_and_(soft.le(most)).bitwise_not_(); // NaN too.
        var isOff = isExclusive ? IsOff(soft, allowed) : null;
        if (reads is null)
        {
            isOutside = isOff is null ? isOutside : isOutside.any(1).bitwise_or_(isOff);
            ignored = ignored is null ? isOutside : ignored.bitwise_or(isOutside);
            return (soft.ZeroWhere(Entries(ignored, isExclusive)), ignored);
        }

        if (ignored is not null)
        {
            var isCounted = ignored.bitwise_not();
            isOutside.bitwise_and_(Entries(isCounted, isExclusive)!);
            isOff?.bitwise_and_(isCounted);
        }

        var (outside, off, leftOut) = (reads.Add(isOutside.any()), isOff is null ? -1 : reads.Add(isOff.any()), ignored is null ? -1 : reads.Add(ignored.any()));
        if (reads[outside] != 0)
        {
            throw Outside(soft, isOutside, input);
        }

        if (off >= 0 && reads[off] != 0)
        {
            throw Off(soft, isOff!, input);
        }

        ignored = leftOut < 0 || reads[leftOut] == 0 ? null : ignored;
        return (soft.ZeroWhere(Entries(ignored, isExclusive)), ignored);
    }

    /// <summary>The value at the first true entry of a mask, and where that is.</summary>
    internal static (string Value, string Position) First(Tensor values, Tensor isWrong, long[] shape)
    {
        var first = LabelCheck.First(isWrong)!.Value;
        var value = values.flatten().select(0, first).to(ScalarType.Float32).cpu().item<float>();
        return (value.ToString(CultureInfo.InvariantCulture), Shapes.Text(Shapes.Position(first, shape)));
    }

    /// <summary>A pixel of exclusive classes: all channels hold the ignore index, or the class of that index has it whole. Another entry: holds the index.</summary>
    private static Tensor? IsIgnored(Tensor soft, SegmentationInput input)
    {
        if (input.IgnoreIndex is not { } index)
        {
            return null;
        }

        var isIndex = LabelCheck.AreEqual(soft, index);
        if (input.Mode != SegmentationMode.Multiclass)
        {
            return isIndex;
        }

        var ignored = isIndex.all(1);
        return index >= 0 && index < input.Classes ? ignored.bitwise_or_(soft.select(1, index).eq(One)) : ignored;
    }

    private static Tensor IsOff(Tensor soft, double allowed)
    {
        using var scope = NewDisposeScope();
        using var least = (1 - allowed).ToScalar();
        using var most = (1 + allowed).ToScalar();
        var sum = soft.sum(1, keepdim: false);
        return sum.ge(least).bitwise_and_(sum.le(most)).bitwise_not_().MoveToOuterDisposeScope();
    }

    private static Tensor? Entries(Tensor? pixels, bool isExclusive) => isExclusive ? pixels?.unsqueeze(1) : pixels;

    private static ArgumentException Outside(Tensor soft, Tensor isOutside, SegmentationInput input)
    {
        var (value, position) = First(soft, isOutside, input.LabelShape);
        var ignore = long.TryParse(value, CultureInfo.InvariantCulture, out _)
            ? $"set IgnoreIndex = {value} if it marks pixels to leave out{(input.Mode == SegmentationMode.Multiclass ? " in all channels" : "")}; else "
            : "";
        return new($"soft labels of the target are in [0, 1], but {value} occurs at {position}; {ignore}scale them to this range, for example a mask of 0 and 255 by 1/255.", "target");
    }

    private static ArgumentException Off(Tensor soft, Tensor isOff, SegmentationInput input)
    {
        var (sum, position) = First(soft.sum(1, keepdim: false), isOff, [input.Images, .. input.Logits.shape[2..]]);
        return new($"soft labels of exclusive classes add up to 1 in each pixel, but those of pixel {position} add up to {sum}; divide them by their sum, target / target.sum(1, keepdim: true), or set Mode = SegmentationMode.Multilabel for overlapping labels.", "target");
    }
}
