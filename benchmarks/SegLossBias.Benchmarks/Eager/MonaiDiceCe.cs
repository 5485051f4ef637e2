using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>
/// The operations of MONAI 1.5's <c>DiceCELoss(to_onehot_y=True, softmax=True)</c>: Dice of each image with 1e-5 above and
/// below, averaged over images and classes, plus cross-entropy. Labels are int64 [N,*].
/// </summary>
/// <remarks>Intermediate tensors are freed where Python would free them, so that memory and time are not overstated.</remarks>
internal static class MonaiDiceCe
{
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;
    private static readonly Scalar Half = 0.5;
    private static readonly Scalar Smooth = 1e-5;

    public static Tensor Evaluate(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var target = labels.unsqueeze(1);
        var dice = Dice(logits, target);
        var crossEntropy = functional.cross_entropy(logits, target.squeeze(1));
        return dice.mul(One).add(crossEntropy.mul(One)).MoveToOuterDisposeScope();
    }

    private static Tensor Dice(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        var space = Enumerable.Range(2, (int)logits.dim() - 2).Select(axis => (long)axis).ToArray();
        var predicted = functional.softmax(logits, 1);
        var oneHot = OneHot(target, logits.shape);
        Tensor truePositives;
        using (var product = predicted.mul(oneHot))
        {
            truePositives = product.sum(space);
        }

        var falsePositives = predicted.sum(space).sub(truePositives).mul_(Half);
        var falseNegatives = oneHot.sum(space).sub(truePositives).mul_(Half);
        var numerator = truePositives.mul(Two).add(Smooth);
        var denominator = truePositives.add(falsePositives).add(falseNegatives).mul(Two).add(Smooth);
        return numerator.div(denominator).neg().add(One).mean().MoveToOuterDisposeScope();
    }

    private static Tensor OneHot(Tensor target, long[] shape)
    {
        using var scope = NewDisposeScope();
        return zeros(shape).scatter_(1, target, ones(1).expand(target.shape)).MoveToOuterDisposeScope();
    }
}
