using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The losses of the pixels of some classes, ℓ = Σ_k w_k·y_k·−log p_k over these classes, in binary and multilabel mode over the
/// foreground and background of an entry. Made once for each evaluation.
/// </summary>
internal sealed class ClassLosses
{
    private readonly Pixels _pixels;
    private readonly int[] _selected;

    /// <param name="pixels">The pixels.</param>
    /// <param name="classes">The classes that count.</param>
    internal ClassLosses(Pixels pixels, ClassSelection classes) =>
        (_pixels, _selected) = (pixels, classes.Of(checked((int)pixels.Classes)));

    /// <summary>Whether these are all classes.</summary>
    internal bool AreAll => _selected.Length == _pixels.Classes;

    /// <summary>True at pixels that are of one of the classes, if only in part, and at entries of these channels: [N, V] or [N, K·V].</summary>
    internal Tensor IsValid
    {
        get
        {
            if (AreAll)
            {
                return _pixels.IsValid;
            }

            var isSelected = Row(_ => 1);
            var isMeant = IsExclusive ? _pixels.Target.detach().mul(isSelected).sum(1L).IsPositive() : isSelected.IsPositive().expand_as(_pixels.Target).flatten(1);
            return _pixels.IsValid.bitwise_and(isMeant);
        }
    }

    private bool IsExclusive => _pixels.Mode == SegmentationMode.Multiclass;

    /// <summary>ℓ, differentiable; 0 where ignored. [N, V] or [N, K·V].</summary>
    /// <param name="weight">w; null for 1.</param>
    /// <param name="smoothing">s: labels are (1 − s)·y + s/K, in binary and multilabel mode with K = 2.</param>
    internal Tensor Losses(ClassWeights? weight, double smoothing = 0)
    {
        if (weight is null && AreAll)
        {
            return _pixels.Smoothed(smoothing);
        }

        var isBinary = _pixels.Mode == SegmentationMode.Binary;
        weight?.EnsureCount(isBinary ? 2 : checked((int)_pixels.Classes));
        var logits = _pixels.Logits;
        var share = _pixels.Target.detach().Times(1 - smoothing).Plus(smoothing / (IsExclusive ? _pixels.Classes : 2));
        var inside = Weighted(IsExclusive ? nn.functional.log_softmax(logits, 1) : logits.LogSigmoid(), share.mul(Row(k => weight?.Values[isBinary ? 1 : k] ?? 1)));
        var losses = IsExclusive ? inside.sum(1L)
            : inside.Plus(Weighted(logits.neg().LogSigmoid(), share.OneMinus().mul(Row(k => weight?.Values[isBinary ? 0 : k] ?? 1)))).flatten(1);
        return losses.neg().ZeroWhere(_pixels.IsValid.bitwise_not());
    }

    /// <summary>A number for each class, 0 for those that do not count: [1, K, 1].</summary>
    private Tensor Row(Func<int, double> value)
    {
        var row = new double[_pixels.Classes];
        foreach (var k in _selected)
        {
            row[k] = value(k);
        }

        return tensor(row, [1, row.Length, 1], _pixels.Logits.dtype, _pixels.Logits.device);
    }

    /// <summary>label · log p, and 0 where the label is 0: log p may be −∞ there.</summary>
    internal static Tensor Weighted(Tensor logProbability, Tensor label) => logProbability.ZeroWhere(label.IsZero()).mul(label);
}
