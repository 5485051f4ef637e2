using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>Dice and log-Dice of the reference, multiclass, pooled over the batch, with its default ignore_index of 255.</summary>
/// <remarks>Intermediate tensors are freed where Python would free them, so that memory and time are not overstated.</remarks>
internal static class ReferenceDice
{
    private static readonly long[] BatchAndSpace = [0, 2];
    private static readonly Scalar Zero = 0;
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;
    private static readonly Scalar Ignored = 255;
    private static readonly Scalar Epsilon = 1e-7;

    public static Tensor Linear(Tensor logits, Tensor labels) => Evaluate(logits, labels, score => score.neg().add(One));

    public static Tensor Log(Tensor logits, Tensor labels) => Evaluate(logits, labels, score => score.clamp_min(Epsilon).log().neg());

    private static Tensor Evaluate(Tensor logits, Tensor labels, Func<Tensor, Tensor> fromScore)
    {
        using var scope = NewDisposeScope();
        var (images, classes) = (logits.shape[0], logits.shape[1]);
        var flat = labels.view(images, -1);
        var valid = flat.ne(Ignored);
        var predicted = MaskedProbabilities(logits, valid);
        var target = MaskedOneHot(flat, valid, classes);

        Tensor score;
        using (var asPredicted = target.type_as(predicted))
        {
            score = Score(predicted, asPredicted);
        }

        var losses = fromScore(score);
        losses.mul_(target.sum(BatchAndSpace).gt(Zero).to(losses.dtype));
        return losses.mean().MoveToOuterDisposeScope();
    }

    private static Tensor MaskedProbabilities(Tensor logits, Tensor valid)
    {
        using var scope = NewDisposeScope();
        Tensor probabilities;
        using (var logProbabilities = logits.log_softmax(1))
        {
            probabilities = logProbabilities.exp();
        }

        return probabilities.view(logits.shape[0], logits.shape[1], -1).mul(valid.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Labels [N,V] as int64 [N,K,V], 0 where ignored.</summary>
    private static Tensor MaskedOneHot(Tensor labels, Tensor valid, long classes)
    {
        using var scope = NewDisposeScope();
        var oneHot = nn.functional.one_hot(labels.mul(valid).to(int64), classes);
        return oneHot.permute(0, 2, 1).mul(valid.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    private static Tensor Score(Tensor predicted, Tensor target)
    {
        using var scope = NewDisposeScope();
        Tensor intersection;
        using (var product = predicted.mul(target))
        {
            intersection = product.sum(BatchAndSpace);
        }

        Tensor cardinality;
        using (var both = predicted.add(target))
        {
            cardinality = both.sum(BatchAndSpace);
        }

        return intersection.mul(Two).div(cardinality.clamp_min(Epsilon)).MoveToOuterDisposeScope();
    }
}
