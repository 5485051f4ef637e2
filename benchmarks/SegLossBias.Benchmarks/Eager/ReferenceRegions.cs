using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>
/// The region-size terms of the reference, multiclass: int64 one-hot labels written through a list of indices, a mask of
/// the pixels that are not 255, products and sums by einsum, the same at any spatial rank.
/// </summary>
/// <remarks>Intermediate tensors are freed where Python would free them, so that memory and time are not overstated.</remarks>
internal static class ReferenceRegions
{
    private static readonly Scalar Zero = 0;
    private static readonly Scalar One = 1;
    private static readonly Scalar Ignored = 255;
    private static readonly Scalar Epsilon = 1e-10;

    public static Tensor L1(Tensor logits, Tensor labels, Scalar temperature)
    {
        using var scope = NewDisposeScope();
        var (target, predicted) = Proportions(logits, labels, temperature);
        return predicted.sub(target).abs().mean().MoveToOuterDisposeScope();
    }

    public static Tensor Kl(Tensor logits, Tensor labels, Scalar temperature)
    {
        using var scope = NewDisposeScope();
        var (target, predicted) = Proportions(logits, labels, temperature);
        return einsum("ij->i", target.mul(target.div(predicted).log())).mean().MoveToOuterDisposeScope();
    }

    public static Tensor DiceBias(Tensor logits, Tensor labels, Scalar temperature)
    {
        using var scope = NewDisposeScope();
        var (target, predicted) = Proportions(logits, labels, temperature);
        return predicted.add(target).add(Epsilon).log().mean().MoveToOuterDisposeScope();
    }

    private static (Tensor Target, Tensor Predicted) Proportions(Tensor logits, Tensor labels, Scalar temperature)
    {
        using var scope = NewDisposeScope();
        var (target, valid) = TargetProportion(labels, logits.shape);
        var predicted = PredictedProportion(logits, temperature, valid);
        return (target.MoveToOuterDisposeScope(), predicted.MoveToOuterDisposeScope());
    }

    private static (Tensor Proportion, Tensor Valid) TargetProportion(Tensor labels, long[] shape)
    {
        using var scope = NewDisposeScope();
        var (oneHot, valid) = OneHot(labels, shape);
        return (Proportion(oneHot, valid).MoveToOuterDisposeScope(), valid.MoveToOuterDisposeScope());
    }

    private static (Tensor OneHot, Tensor Valid) OneHot(Tensor labels, long[] shape)
    {
        using var scope = NewDisposeScope();
        var oneHot = labels.new_zeros(shape);
        var valid = labels.ge(Zero).bitwise_and(labels.ne(Ignored));
        var indices = valid.nonzero().unbind(1);
        if (indices[0].numel() > 0)
        {
            oneHot.index_put_(One, [indices[0], labels.index(valid), .. indices[1..]]);
        }

        return (oneHot.MoveToOuterDisposeScope(), valid.MoveToOuterDisposeScope());
    }

    private static Tensor PredictedProportion(Tensor logits, Scalar temperature, Tensor valid)
    {
        using var scope = NewDisposeScope();
        Tensor logProbabilities;
        using (var tempered = logits.mul(temperature))
        {
            logProbabilities = tempered.log_softmax(1);
        }

        var probabilities = logProbabilities.exp();
        logProbabilities.Dispose();
        return Proportion(probabilities, valid).MoveToOuterDisposeScope();
    }

    /// <summary>The share of each image and class in the valid pixels, [N,K].</summary>
    private static Tensor Proportion(Tensor values, Tensor valid)
    {
        using var scope = NewDisposeScope();
        var space = valid.dim() == 3 ? "wh" : "whd";
        var masked = einsum($"bc{space},b{space}->bc{space}", values, valid);
        var pixels = einsum($"b{space}->b", valid).unsqueeze(1).repeat(1, values.shape[1]);
        return einsum($"bc{space}->bc", masked).add(Epsilon).div(pixels.add(Epsilon)).MoveToOuterDisposeScope();
    }
}
