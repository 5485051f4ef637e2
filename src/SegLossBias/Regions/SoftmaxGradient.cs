using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The gradient of the statistics of exclusive classes in closed form, unweighted. Operations work in place where they can.</summary>
/// <remarks>
/// With u the upstream gradient and c_k = Σ over statistics of u_k · m_k · p_k f′(p_k), the derivatives to log p_k:
/// <code>
/// dL/dz_j = c_j − p_j Σ_k c_k
/// </code>
/// Statistics of hard labels have a c in the row of the true class alone: those are one number t for each pixel.
/// </remarks>
internal static class SoftmaxGradient
{
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar MinusOne = (-1).ToScalar();
    private static readonly Scalar MinusTwo = (-2).ToScalar();

    /// <summary>[N,K,V]; anything at ignored pixels.</summary>
    internal static Tensor Of(FlatInput input, UpstreamRows upstream)
    {
        Tensor? gradient = null;
        void Add(Tensor part)
        {
            if (gradient is null)
            {
                gradient = part;
            }
            else
            {
                using (part)
                {
                    gradient.add_(part, One);
                }
            }
        }

        foreach (var size in upstream.Of(statistic => statistic.Kind == StatisticKind.PredictedSize && statistic.Parameter != 1))
        {
            Add(OfTemperedSize(input.Logits, size.Parameter, upstream.Foreground(size)));
        }

        var atOne = upstream.Of(statistic => statistic is not ({ Kind: StatisticKind.OneVsRestFocal or StatisticKind.TargetSquare } or { Kind: StatisticKind.PredictedSize, Parameter: not 1 }));
        if (atOne.Length > 0)
        {
            Add(AtTemperatureOne(input, atOne, upstream));
        }

        var focal = upstream.Of(statistic => statistic.Kind == StatisticKind.OneVsRestFocal);
        if (focal.Length > 0)
        {
            Add(SigmoidGradient.Of(input.AsChannels(), upstream, focal));
        }

        return gradient ?? zeros_like(input.Logits);
    }

    private static Tensor OfTemperedSize(Tensor logits, double temperature, Tensor upstream)
    {
        using var scope = NewDisposeScope();
        using var scalar = temperature.ToScalar();
        var differences = logits.sub(logits.amax([1], keepdim: true)).mul_(scalar);
        var probability = nn.functional.softmax(differences, 1);
        differences.Dispose();
        var c = probability.mul(upstream.mul(scalar));
        return Close(c, probability, c.sum([1], keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>c − p Σ c, in the memory of c.</summary>
    private static Tensor Close(Tensor c, Tensor probability, Tensor sum) => c.addcmul_(probability, sum, MinusOne);

    private static Tensor AtTemperatureOne(FlatInput input, RegionStatistic[] statistics, UpstreamRows upstream)
    {
        using var scope = NewDisposeScope();
        var logProbability = nn.functional.log_softmax(input.Logits, 1);
        var t = input.Soft is null ? OfTrueClass(input, statistics, upstream, logProbability) : null;
        var c = Dense(input, statistics, upstream, logProbability);
        var probability = logProbability.exp_();
        c = WithFactorsOfP(input, statistics, upstream, probability, c);
        t = t?.unsqueeze(1);
        if (c is null)
        {
            // Only the true class has a c: −p t, and t there.
            return probability.mul_(t!.neg()).scatter_add_(1, input.Labels.unsqueeze(1), t).MoveToOuterDisposeScope();
        }

        var sum = c.sum([1], keepdim: true);
        Close(c, probability, t is null ? sum : sum.add_(t, One));
        return (t is null ? c : c.scatter_add_(1, input.Labels.unsqueeze(1), t)).MoveToOuterDisposeScope();
    }

    /// <summary>The sum of the c of hard labels at the true class, [N,V]; null where no statistic has one.</summary>
    private static Tensor? OfTrueClass(FlatInput input, RegionStatistic[] statistics, UpstreamRows upstream, Tensor logProbability)
    {
        Tensor? t = null;
        Tensor? ofTrueClass = null;
        foreach (var statistic in statistics.Where(statistic => PixelFunction.IsOfLabels(statistic.Kind) || statistic.Kind == StatisticKind.Difference))
        {
            var own = upstream.OfTrueClass(statistic);
            if (statistic.Kind == StatisticKind.NegativeLogLikelihood)
            {
                t = t is null ? own.neg_() : t.sub_(own);
                continue;
            }

            if (statistic.Kind == StatisticKind.Overlap && upstream.OfInstance(statistic) is { } ofInstance)
            {
                own.add_(ofInstance, One);
            }

            ofTrueClass ??= logProbability.gather(1, input.Labels.unsqueeze(1)).squeeze(1);
            var wide = statistic.Kind == StatisticKind.SoftmaxFocal ? ofTrueClass.to(StatisticsType.On(input.Device)) : ofTrueClass;

            // −p u at the true class where all classes have p u.
            var slope = statistic.Kind == StatisticKind.Difference ? ofTrueClass.exp().mul_(MinusTwo) : PixelFunction.Slope(statistic, wide, input.Classes).to(own.dtype);
            own.mul_(slope);
            t = t is null ? own : t.add_(own, One);
        }

        return t;
    }

    /// <summary>The sum of the c that need more than a factor of p, [N,K,V]; null where no statistic has one.</summary>
    private static Tensor? Dense(FlatInput input, RegionStatistic[] statistics, UpstreamRows upstream, Tensor logProbability)
    {
        Tensor? c = null;
        foreach (var statistic in statistics.Where(statistic => !IsFactorOfP(statistic, input) && (input.Soft is not null || !PixelFunction.IsOfLabels(statistic.Kind))))
        {
            using var scope = NewDisposeScope();
            var own = upstream.Foreground(statistic);
            Tensor slope;
            if (statistic.Kind == StatisticKind.NegativeLogEverywhere)
            {
                slope = own.neg().expand_as(logProbability).clone();
            }
            else if (statistic.Kind == StatisticKind.NegativeLogLikelihood)
            {
                slope = input.Soft!.mul(own.neg());
            }
            else if (PixelFunction.IsOfLabels(statistic.Kind))
            {
                var present = logProbability.ZeroWhere(input.Soft!.IsZero());
                var wide = statistic.Kind == StatisticKind.SoftmaxFocal ? present.to(StatisticsType.On(input.Device)) : present;
                slope = PixelFunction.Slope(statistic, wide, input.Classes).to(own.dtype).mul_(own).mul_(input.Soft!);
            }
            else if (statistic.Kind == StatisticKind.Difference)
            {
                // The sign of p − y, −1 where y = 1.
                var probability = logProbability.exp();
                slope = probability.sub(input.Soft!).sign_().masked_fill_(input.Soft!.IsOne(), MinusOne).mul_(probability).mul_(own);
            }
            else
            {
                slope = PixelFunction.Slope(statistic, logProbability, input.Classes).mul_(own);
            }

            if (c is null)
            {
                c = slope.MoveToOuterDisposeScope();
            }
            else
            {
                c.add_(slope, One);
            }
        }

        return c;
    }

    /// <summary>Adds the c that are p and a factor.</summary>
    private static Tensor? WithFactorsOfP(FlatInput input, RegionStatistic[] statistics, UpstreamRows upstream, Tensor probability, Tensor? c)
    {
        Tensor? factor = null;
        foreach (var statistic in statistics.Where(statistic => IsFactorOfP(statistic, input)))
        {
            var own = upstream.Foreground(statistic);
            own = statistic.Kind switch
            {
                StatisticKind.MapSum => own.mul(input.Maps[statistic.Map!]),
                StatisticKind.Confusion => own.mul(input.Membership(statistic.TrueClass)),
                StatisticKind.Overlap => own.mul(input.Soft!),
                _ => own,
            };
            factor = factor is null ? own : factor.Plus(own);
        }

        return factor is null ? c
            : c is null ? probability.mul(factor)
            : c.addcmul_(probability, factor, One);
    }

    /// <summary>Whether c is p times a factor that p does not occur in.</summary>
    private static bool IsFactorOfP(RegionStatistic statistic, FlatInput input) => statistic.Kind switch
    {
        StatisticKind.PredictedSize or StatisticKind.MapSum or StatisticKind.Confusion => true,
        StatisticKind.Overlap => input.Soft is not null,
        StatisticKind.Difference => input.Soft is null,
        _ => false,
    };
}
