using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Targets of floats that are 0 and 1, as <c>BCEWithLogitsLoss</c> takes them. The ignore index may occur too.</summary>
internal static class FloatMask
{
    private const long IgnoredLabel = 2;
    private static readonly Scalar Wrong = 3L.ToScalar();

    internal static bool Is(Tensor target) =>
        target.dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    /// <summary>
    /// A label map of bytes: 0, 1, 2 at ignored pixels, and 3 where the mask holds another value. Nothing is checked here:
    /// 3 is met as a wrong label where labels are first read.
    /// </summary>
    /// <param name="mask">Floats.</param>
    /// <param name="ignored">The values of pixels to leave out. One that the dtype cannot hold is never met.</param>
    /// <returns>The labels, and the label of the pixels to leave out: the first ignored one that is 0 or 1, else 2; null for none.</returns>
    internal static (Tensor Labels, long? Ignored) ToLabels(Tensor mask, IReadOnlyList<long> ignored)
    {
        if (ignored.Count == 0)
        {
            return (Bits(mask), null);
        }

        using var scope = NewDisposeScope();
        var classes = ignored.Where(index => index is 0 or 1).ToArray();
        var label = classes.Length > 0 ? classes[0] : IgnoredLabel;
        var labels = Bits(mask);
        if (ignored.Count > 1 || label == IgnoredLabel)
        {
            using var marker = label.ToScalar();
            labels.masked_fill_(IgnoredLabels.Are(mask, ignored), marker);
        }

        return (labels.MoveToOuterDisposeScope(), label);
    }

    /// <summary>Names the first value of a mask, if there is one, that is neither 0 nor 1 nor ignored.</summary>
    internal static void ThrowAtWrongValue(Tensor mask, IReadOnlyList<long> ignored) =>
        ThrowAtFirst(IgnoredLabels.Are(mask, [0, 1, .. ignored]).bitwise_not_(), mask, mask.shape);

    /// <param name="isWrong">Where, in the order of the mask.</param>
    /// <param name="mask">Floats.</param>
    /// <param name="shape">In which the caller knows the mask.</param>
    internal static void ThrowAtFirst(Tensor isWrong, Tensor mask, long[] shape)
    {
        if (LabelCheck.First(isWrong) is not { } first)
        {
            return;
        }

        var value = mask.flatten().select(0, first).to(ScalarType.Float64).cpu().item<double>();
        var text = mask.dtype == ScalarType.Float64 ? value.ToString(CultureInfo.InvariantCulture) : ((float)value).ToString(CultureInfo.InvariantCulture);
        var ignore = double.IsInteger(value) ? $"set IgnoreIndex = {text} if it marks pixels to leave out; " : "";
        throw new ArgumentException($"a target of floats must be exactly 0, 1 or the ignore index, but {text} occurs at {Shapes.Text(Shapes.Position(first, shape))}; {ignore}{LabelKind.RemedyForMasks}.", "target");
    }

    /// <summary>0 and 1 as bytes, and 3 where the mask holds another value.</summary>
    private static Tensor Bits(Tensor mask)
    {
        using var scope = NewDisposeScope();
        var isOne = LabelCheck.AreEqual(mask, 1);
        var labels = isOne.to(ScalarType.Byte);
        labels.masked_fill_(LabelCheck.AreEqual(mask, 0).bitwise_or_(isOne).bitwise_not_(), Wrong);
        return labels.MoveToOuterDisposeScope();
    }
}
