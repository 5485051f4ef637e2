using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>
/// The focal loss that the reference takes from segmentation_models.pytorch 0.2.1, multiclass, γ = 2, with the reference's
/// default ignore_index of 255: one class after the other, the valid pixels picked out by a mask.
/// </summary>
/// <remarks>Intermediate tensors are freed where Python would free them, so that memory and time are not overstated.</remarks>
internal static class ReferenceFocal
{
    private static readonly Scalar One = 1;
    private static readonly Scalar Gamma = 2;
    private static readonly Scalar Ignored = 255;

    public static Tensor Evaluate(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var valid = labels.ne(Ignored);
        Tensor? sum = null;
        for (var label = 0L; label < logits.shape[1]; label++)
        {
            var loss = OfClass(logits, labels, valid, label);
            sum = sum is null ? loss : sum.add_(loss);
        }

        return sum!.MoveToOuterDisposeScope();
    }

    private static Tensor OfClass(Tensor logits, Tensor labels, Tensor valid, long label)
    {
        using var scope = NewDisposeScope();
        using Scalar number = label;
        var members = labels.eq(number).to(int64).index(valid);
        return BinaryFocal(logits.select(1, label).index(valid), members).MoveToOuterDisposeScope();
    }

    private static Tensor BinaryFocal(Tensor logits, Tensor members)
    {
        using var scope = NewDisposeScope();
        var target = members.type_as(logits);
        var minusLog = nn.functional.binary_cross_entropy_with_logits(logits, target, reduction: nn.Reduction.None);
        var probability = minusLog.neg().exp();
        var weight = probability.neg().add(One).pow(Gamma);
        return weight.mul(minusLog).mean().MoveToOuterDisposeScope();
    }
}
