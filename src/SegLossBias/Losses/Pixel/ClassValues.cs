using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What terms with a value for each class share: which classes count, and the mean over them.</summary>
internal static class ClassValues
{
    /// <summary>The entries of the selected classes, [N, K', V]; those that all classes share, [N, 1, V], as they are.</summary>
    internal static Tensor Of(ClassSelection classes, Tensor entries, long available)
    {
        var selected = classes.Of(checked((int)available));
        if (entries.shape[1] == 1 || selected.AsSpan().SequenceEqual([.. Enumerable.Range(0, (int)available)]))
        {
            return entries;
        }

        return selected.Length == 1
            ? entries.narrow(1, selected[0], 1)
            : entries.index_select(1, tensor([.. selected.Select(index => (long)index)], ScalarType.Int64, entries.device));
    }

    /// <summary>Sums of each image and class, [N, K], added up over the batch where it is pooled: [1, K].</summary>
    internal static Tensor Pooled(Tensor sums, Pooling pooling) => pooling == Pooling.Batch ? sums.sum(0L, keepdim: true) : sums;

    /// <summary>The mean of the values [R, K] over the classes: [R], of a pooled batch a scalar.</summary>
    /// <param name="values">A value for each row and class.</param>
    /// <param name="sizes">Σ w·y of each.</param>
    /// <param name="absent">What a class of size 0 counts. One whose value is NaN counts, present or not.</param>
    /// <param name="pooling">Whether the one row is the batch.</param>
    internal static Tensor Mean(Tensor values, Tensor sizes, AbsentClass absent, Pooling pooling)
    {
        var mean = absent == AbsentClass.Keep ? values.mean([1]) : OfPresent(values, sizes.IsZero().bitwise_and(values.IsNotANumber().bitwise_not()), absent);
        return pooling == Pooling.Batch ? mean.squeeze(0) : mean;
    }

    /// <summary>a / b, and 0 with zero gradient where b is 0.</summary>
    internal static Tensor Ratio(Tensor numerator, Tensor denominator)
    {
        var isNone = denominator.IsZero();
        return numerator.div(denominator.OneWhere(isNone)).ZeroWhere(isNone);
    }

    private static Tensor OfPresent(Tensor values, Tensor isAbsent, AbsentClass absent)
    {
        var present = values.ZeroWhere(isAbsent);
        return absent == AbsentClass.CountZero
            ? present.mean([1])
            : present.sum(1L).div(isAbsent.bitwise_not().sum(1L).to(values.dtype).AtLeast(1));
    }
}
