using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Means over the largest losses of a row.</summary>
internal static class HardestPixels
{
    /// <summary>Σ w·ℓ / Σ w over so many.</summary>
    /// <param name="losses">ℓ, [R, M].</param>
    /// <param name="weights">w, [R, M]; null for 1.</param>
    /// <param name="count">At least 1.</param>
    internal static Tensor Mean(Tensor losses, Tensor? weights, int count)
    {
        var (values, places) = losses.topk(count, 1, sorted: false);
        return weights is null ? values.mean([1]) : Mean(values, weights.gather(1, places));
    }

    /// <summary>The same where how many is known to the device alone: sorts, so that nobody waits for it.</summary>
    /// <param name="losses">ℓ, [R, M].</param>
    /// <param name="weights">w, [R, M]; null for 1.</param>
    /// <param name="isValid">Which count, [R, M].</param>
    /// <param name="count">How many of each row, float64 [R, 1].</param>
    /// <param name="hardness">By what they are sorted, [R, M]; null for the losses.</param>
    internal static Tensor Mean(Tensor losses, Tensor? weights, Tensor isValid, Tensor count, Tensor? hardness = null)
    {
        var (sorted, order) = (hardness ?? losses).MinusInfinityWhere(isValid.bitwise_not()).sort(1, descending: true);
        sorted = hardness is null ? sorted : losses.gather(1, order);
        var rank = ones([1, losses.shape[1]], ScalarType.Float64, losses.device).cumsum(1); // 1, 2, …; arange would make temporary Scalars.
        var isOut = rank.gt(count);
        var chosen = weights is null ? ones_like(sorted) : weights.gather(1, order);
        return Mean(sorted.ZeroWhere(isOut), chosen.ZeroWhere(isOut));
    }

    /// <summary>Σ w·ℓ / Σ w over the pixels where a mask holds; 0 where nothing weighs.</summary>
    /// <param name="isHard">The mask, [R, M].</param>
    /// <param name="losses">ℓ, [R, M].</param>
    /// <param name="weights">w, [R, M]; null for 1.</param>
    /// <param name="count">In how many pixels of each row it holds, [R, 1].</param>
    internal static Tensor MeanWhere(Tensor isHard, Tensor losses, Tensor? weights, Tensor count)
    {
        var isOut = isHard.bitwise_not();
        return weights is null
            ? losses.ZeroWhere(isOut).sum(1).div(count.OneWhere(count.IsZero()).squeeze(1).to(losses.dtype))
            : Mean(losses.ZeroWhere(isOut), weights.ZeroWhere(isOut));
    }

    /// <summary>Σ w·ℓ / Σ w of each row; 0 where nothing weighs.</summary>
    internal static Tensor Mean(Tensor losses, Tensor weights)
    {
        var sum = weights.sum(1);
        return losses.mul(weights).sum(1).div(sum.OneWhere(sum.IsZero()));
    }

    /// <summary>A share such as 0.7 is a little less in binary, and 0.7 · 90 must not be 62.</summary>
    internal static double Rounded(double ratio) => ratio * (1 + 1e-12);

    /// <summary>The larger of a number and ⌊ratio·valid⌋, at least 1, and at most all that are valid: float64 [R, 1].</summary>
    internal static Tensor Count(Tensor isValid, double ratio, double number = 1)
    {
        var valid = isValid.sum(1, keepdim: true).to(ScalarType.Float64);
        return valid.Times(Rounded(ratio)).floor().AtLeast(Math.Max(1, number)).minimum(valid);
    }
}
