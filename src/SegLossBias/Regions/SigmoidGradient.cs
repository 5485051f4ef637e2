using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The gradient of the statistics of channels on their own in closed form, unweighted. Operations work in place where they can.</summary>
/// <remarks>
/// With t = z in the foreground and −z in the background, and p = σ(t), a statistic has df/dt = (1−p) · p f′(p); see
/// <see cref="PixelFunction.SigmoidSlope"/>. Hard labels need it for t of the truth alone.
/// </remarks>
internal static class SigmoidGradient
{
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar MinusOne = (-1).ToScalar();

    /// <summary>[N,K,V]; anything at ignored pixels.</summary>
    internal static Tensor Of(FlatInput input, UpstreamRows upstream) => Of(input, upstream, upstream.Of(statistic => statistic.Kind != StatisticKind.TargetSquare));

    /// <summary>Of some of the statistics.</summary>
    internal static Tensor Of(FlatInput input, UpstreamRows upstream, RegionStatistic[] statistics)
    {
        using var scope = NewDisposeScope();
        Tensor? gradient = null;
        Tensor? truthLogit = null;
        foreach (var statistic in statistics)
        {
            using var inner = NewDisposeScope();
            var (own, other) = (upstream.Foreground(statistic), upstream.Background(statistic));
            var part = statistic.Kind switch
            {
                StatisticKind.PredictedSize => OfSize(input.Logits, statistic.Parameter, own.sub(other)),
                StatisticKind.MapSum => OfSize(input.Logits, 1, own).mul_(input.Maps[statistic.Map!]),
                StatisticKind.PredictedPower or StatisticKind.NegativeLogEverywhere => BothSides(input, statistic, own, other, isOfLabels: false),
                StatisticKind.Difference when input.Soft is not null => OfSize(input.Logits, 1, own.Plus(other)).mul_(SignOfDifference(input)),
                _ when input.Soft is not null => BothSides(input, statistic, own, other, isOfLabels: true),
                _ => OfTruth(input, statistic, upstream, own, other, truthLogit ??= TensorArithmetic.Choose(input.Labels, input.Logits, input.Logits.neg()).MoveToOuterDisposeScope()),
            };
            if (gradient is null)
            {
                gradient = part.MoveToOuterDisposeScope();
            }
            else
            {
                gradient.add_(part, One);
            }
        }

        return (gradient ?? zeros_like(input.Logits)).MoveToOuterDisposeScope();
    }

    /// <summary>u τ p(1−p) at τz, the same on both sides but for its sign.</summary>
    private static Tensor OfSize(Tensor logits, double temperature, Tensor upstream)
    {
        using var scope = NewDisposeScope();
        using var scalar = temperature.ToScalar();
        var scaled = logits.mul(scalar);
        var probability = scaled.sigmoid();
        return scaled.neg_().sigmoid_().mul_(probability).mul_(upstream.mul(scalar)).MoveToOuterDisposeScope();
    }

    private static Tensor OfTruth(FlatInput input, RegionStatistic statistic, UpstreamRows upstream, Tensor own, Tensor other, Tensor truthLogit)
    {
        if (statistic.Kind == StatisticKind.Difference)
        {
            own = own.Plus(other); // Both sides have the same sum, of 1 − p.
            other = own;
        }

        var factor = TensorArithmetic.Choose(input.Labels, own, other.neg());
        if (statistic.Kind == StatisticKind.Overlap && upstream.OfInstance(statistic) is { } ofInstance)
        {
            factor.add_(ofInstance.ZeroWhere(input.Labels.bitwise_not()), One);
        }

        return factor.mul_(PixelFunction.SigmoidSlope(statistic, truthLogit));
    }

    private static Tensor BothSides(FlatInput input, RegionStatistic statistic, Tensor own, Tensor other, bool isOfLabels)
    {
        Tensor Side(Tensor t, Tensor upstream, Tensor? membership)
        {
            using var scope = NewDisposeScope();
            var slope = PixelFunction.SigmoidSlope(statistic, membership is null ? t : t.ZeroWhere(membership.IsZero())).mul_(upstream);
            return (membership is null ? slope : slope.mul_(membership)).MoveToOuterDisposeScope();
        }

        var gradient = Side(input.Logits, own, isOfLabels ? input.Soft : null);
        using var ofBackground = Side(input.Logits.neg(), other, isOfLabels ? input.Soft!.OneMinus() : null);
        return gradient.sub_(ofBackground);
    }

    /// <summary>The sign of p − y, −1 where y = 1.</summary>
    private static Tensor SignOfDifference(FlatInput input) =>
        input.Logits.sigmoid().sub_(input.Soft!).sign_().masked_fill_(input.Soft!.IsOne(), MinusOne);
}
