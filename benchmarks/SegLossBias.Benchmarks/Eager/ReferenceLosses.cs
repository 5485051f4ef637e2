using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>
/// The sequences of tensor operations that the paper's code (by-liu/SegLossBias, 2D) runs for each loss: the baseline that
/// a user of ordinary tensor operations has. They take labels as int64 [N,*].
/// </summary>
/// <remarks>
/// As in the published configurations every term masks label 255. WCE takes the inverse class frequency of the batch, which
/// the reference is given as numbers. L1 and KL are the region terms of its compounds alone.
/// </remarks>
internal static class ReferenceLosses
{
    private const long Ignored = 255;
    private static readonly Scalar LargeLambda = 1.0;
    private static readonly Scalar SmallLambda = 0.1;
    private static readonly Scalar BiasLambda = 0.01;
    private static readonly Scalar RegionTemperature = 10.0;
    private static readonly Scalar NoTemperature = 1.0;

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Sequences = new()
    {
        ["CE"] = CrossEntropy,
        ["WCE"] = WeightedCrossEntropy,
        ["Focal"] = ReferenceFocal.Evaluate,
        ["Dice"] = ReferenceDice.Linear,
        ["LogDice"] = ReferenceDice.Log,
        ["L1"] = L1,
        ["KL"] = Kl,
        ["RCE(L1)"] = Sum(CrossEntropy, LargeLambda, L1),
        ["RCE(KL)"] = Sum(CrossEntropy, SmallLambda, Kl),
        ["RFL(L1)"] = Sum(ReferenceFocal.Evaluate, LargeLambda, L1),
        ["RFL(KL)"] = Sum(ReferenceFocal.Evaluate, SmallLambda, Kl),
        ["DiceCE"] = Sum(CrossEntropy, SmallLambda, ReferenceDice.Linear),
        ["LogDiceCE"] = Sum(CrossEntropy, SmallLambda, ReferenceDice.Log),
        ["DiceFL"] = Sum(ReferenceFocal.Evaluate, SmallLambda, ReferenceDice.Linear),
        ["LogDiceFL"] = Sum(ReferenceFocal.Evaluate, SmallLambda, ReferenceDice.Log),
        ["DBCE"] = Sum(CrossEntropy, BiasLambda, (logits, labels) => ReferenceRegions.DiceBias(logits, labels, NoTemperature)),
    };

    /// <summary>The losses of the paper, by their names in <see cref="LossFactory"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Sequences.Keys];

    /// <summary>The sequence of a loss, with the λ and τ that are its defaults in the library.</summary>
    public static Func<Tensor, Tensor, Tensor> Of(string loss) => Sequences[loss];

    private static Tensor CrossEntropy(Tensor logits, Tensor labels) =>
        functional.cross_entropy(logits, labels, ignore_index: Ignored);

    private static Tensor WeightedCrossEntropy(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var weights = labels.flatten().bincount(null, logits.shape[1]).to(logits.dtype).reciprocal();
        return functional.cross_entropy(logits, labels, weights, Ignored).MoveToOuterDisposeScope();
    }

    private static Tensor L1(Tensor logits, Tensor labels) => ReferenceRegions.L1(logits, labels, RegionTemperature);

    private static Tensor Kl(Tensor logits, Tensor labels) => ReferenceRegions.Kl(logits, labels, RegionTemperature);

    private static Func<Tensor, Tensor, Tensor> Sum(
        Func<Tensor, Tensor, Tensor> matching, Scalar lambda, Func<Tensor, Tensor, Tensor> term) => (logits, labels) =>
    {
        using var scope = NewDisposeScope();
        return matching(logits, labels).add(term(logits, labels).mul(lambda)).MoveToOuterDisposeScope();
    };
}
