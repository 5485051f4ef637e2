using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The Lovász extension of the Jaccard loss: Σ_j e_(j)·s_j over errors e sorted from large to small, s_j = J_j − J_(j−1) with
/// <code>
/// J_j = W_j / U_j,   W_j = Σ_{i ≤ j} w_i,   U_j = G + Σ_{i ≤ j} w_i·(1 − g_i),   G = Σ w·g
/// </code>
/// the Jaccard loss if the first j pixels alone are wrong; g the label, w the weight. The difference is calculated as
/// w_j·(I + g_j·W_(j−1)) / (U_j·U_(j−1)) with the intersection I = U_(j−1) − W_(j−1), which loses no digits where J_j and J_(j−1)
/// are nearly equal.
/// </summary>
internal static class LovaszExtension
{
    /// <summary>Σ_j e_(j)·s_j of the last axis, differentiable; the s_j are constants, which is the gradient of the extension.</summary>
    /// <param name="errors">e, [R, K, M].</param>
    /// <param name="labels">g in [0, 1], [R, K, M].</param>
    /// <param name="weights">w ≥ 0, [R, 1 or K, M]; null for 1.</param>
    /// <param name="positiveOnly">Errors below 0 count 0.</param>
    internal static Tensor Of(Tensor errors, Tensor labels, Tensor? weights, bool positiveOnly = false)
    {
        if (errors.numel() == 0)
        {
            return errors.sum(-1);
        }

        var slopes = Slopes(errors.detach(), labels, weights);
        return errors.mul(positiveOnly ? OfPositive(slopes, errors.detach()) : slopes).sum(-1);
    }

    /// <summary>s of each entry, in the order of the entries.</summary>
    private static Tensor Slopes(Tensor errors, Tensor labels, Tensor? weights)
    {
        var (_, order) = errors.sort(-1, descending: true, stable: true);
        var g = labels.gather(-1, order);
        var w = weights?.expand_as(errors).gather(-1, order) ?? ones([1, 1, errors.shape[^1]], errors.dtype, errors.device);
        var ofTruth = weights is null ? g : g.mul(w);
        var (mass, hits) = (w.cumsum(-1), ofTruth.cumsum(-1));
        var size = hits.narrow(-1, hits.shape[^1] - 1, 1);

        // What stands before the entry: the mass W, the intersection I and the union U.
        var massBefore = mass.sub(w);
        var intersection = size.sub(hits).Plus(ofTruth);
        var unionBefore = intersection.Plus(massBefore);
        var union = size.sub(hits).Plus(mass);

        // Without a true pixel the first one already makes the loss 1.
        var isFirst = unionBefore.IsZero();
        var share = intersection.Plus(g.mul(massBefore)).OneWhere(isFirst).div(unionBefore.OneWhere(isFirst));
        var slopes = w.mul(share).div(union.OneWhere(union.IsZero()));
        return slopes.scatter(-1, order, slopes);
    }

    /// <summary>0 where the error is not above 0. An error that is no number stays visible in the gradient too.</summary>
    private static Tensor OfPositive(Tensor slopes, Tensor errors) =>
        slopes.ZeroWhere(errors.IsNotPositive()).FirstUnless(errors.IsNotANumber(), errors);
}
