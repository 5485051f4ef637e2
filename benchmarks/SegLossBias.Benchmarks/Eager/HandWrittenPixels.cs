using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>Losses of each pixel and of the hardest pixels, as users of TorchSharp write them. Labels are int64 [N,*].</summary>
internal static class HandWrittenPixels
{
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;
    private static readonly Scalar GceExponent = 0.7;
    private static readonly Scalar OhemLoss = -Math.Log(0.7);

    public static Tensor CrossEntropy(Tensor logits, Tensor labels) => functional.cross_entropy(logits, labels, reduction: Reduction.None);

    public static Tensor Weighted(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return functional.cross_entropy(logits, labels, tensor(FamilyLosses.Weights(logits.shape[1]), float32), reduction: Reduction.None).MoveToOuterDisposeScope();
    }

    public static Tensor Smoothed(Tensor logits, Tensor labels) => functional.cross_entropy(logits, labels, reduction: Reduction.None, label_smoothing: 0.1);

    /// <summary>The focal loss on the softmax, γ = 2.</summary>
    public static Tensor SoftmaxFocal(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var loss = CrossEntropy(logits, labels);
        return loss.neg().exp().neg().add(One, One).pow(Two).mul(loss).MoveToOuterDisposeScope();
    }

    /// <summary>The focal loss of each class against the rest, γ = 2, summed over the classes.</summary>
    public static Tensor OneVsRestFocal(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var index = labels.unsqueeze(1);
        var target = zeros_like(logits, requires_grad: false).scatter_(1, index, ones(1, float32).expand(index.shape));
        var loss = functional.binary_cross_entropy_with_logits(logits, target, reduction: Reduction.None);
        return loss.neg().exp().neg().add(One, One).pow(Two).mul(loss).sum(1L).MoveToOuterDisposeScope();
    }

    /// <summary>(1 − p^q) / q of the true class, q = 0.7.</summary>
    public static Tensor GeneralizedCrossEntropy(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var probability = functional.softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1);
        return probability.pow(GceExponent).neg().add(One, One).div(GceExponent).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of the tenth of the pixels with the largest loss, as nnU-Net has it.</summary>
    public static Tensor TopK(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var losses = CrossEntropy(logits, labels).flatten();
        var (hardest, _) = losses.topk(Math.Max(1, (int)(losses.numel() / 10)), sorted: false);
        return hardest.mean().MoveToOuterDisposeScope();
    }

    /// <summary>The mean of the losses above −ln 0.7, or of a sixteenth of the pixels where those are fewer.</summary>
    public static Tensor Ohem(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var losses = CrossEntropy(logits, labels).flatten();
        var hard = losses.masked_select(losses.gt(OhemLoss));
        var least = Math.Max(1, losses.numel() / 16);
        if (hard.numel() < least)
        {
            (hard, _) = losses.topk((int)least, sorted: false);
        }

        return hard.mean().MoveToOuterDisposeScope();
    }
}
