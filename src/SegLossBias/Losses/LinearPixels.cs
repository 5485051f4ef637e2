using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The loss of each pixel with a hard label where it is Σ a·w·f(p). Of exclusive classes, logarithms and the usual focal sum come from
/// one pass that keeps one number for each pixel, <see cref="FusedPixels"/>. All else is made of tensor operations. Differentiable.
/// </summary>
/// <param name="input">The checked input.</param>
/// <param name="form">The numbers a.</param>
internal sealed class LinearPixels(FlatInput input, LinearForm form)
{
    private readonly Tensor _logits = input.Logits.ZeroWhere(input.IgnoredEntries);
    private readonly int _classes = (int)input.Classes;

    /// <summary>Whether all that the form reads can be evaluated here.</summary>
    internal static bool Supports(SegmentationInput input, LinearForm form) =>
        !input.IsSoft && form.Factors.Keys.All(statistic => PixelFunction.IsOfLabels(statistic.Kind) || statistic.Kind == StatisticKind.NegativeLogEverywhere);

    /// <summary>[N,V], 0 where ignored.</summary>
    internal Tensor Evaluate() => input.IsExclusive
        ? OfSoftmax().WeightedBy(input.Weights?.squeeze(1)).ZeroWhere(input.Ignored)
        : OfSigmoid(form.Factors).WeightedBy(input.Weights).ZeroWhere(input.Ignored).sum(1L);

    /// <summary>Exclusive classes, unweighted: [N,V].</summary>
    private Tensor OfSoftmax()
    {
        var (simple, factorsOfSimple) = Simple();
        var total = simple.Count == 0 ? null : FusedPixels.Of(_logits, input.Labels, factorsOfSimple);
        var oneVsRest = form.Factors.Where(part => part.Key.Kind == StatisticKind.OneVsRestFocal && !simple.Contains(part.Key)).ToDictionary();
        if (oneVsRest.Count > 0)
        {
            total = Sum(total, new LinearPixels(input.AsChannels(), form).OfSigmoid(oneVsRest, withSize: false).sum(1L));
        }

        Tensor? ofTruth = null;
        foreach (var (statistic, factors) in form.Factors.Where(part => !oneVsRest.ContainsKey(part.Key) && !simple.Contains(part.Key)))
        {
            total = Sum(total, statistic.Kind switch
            {
                StatisticKind.NegativeLogEverywhere => OverClasses(nn.functional.log_softmax(_logits, 1), factors).neg(),
                StatisticKind.NegativeLogLikelihood => OfLabel(ofTruth ??= OfTrueClass(), factors),
                _ => OfLabel(Value(statistic, (ofTruth ??= OfTrueClass()).neg()), factors),
            });
        }

        return form.OfTargetSize is not { } sizes ? total! : Sum(total, OfLabel(ones([1, 1], _logits.dtype, input.Device).expand(input.Images, input.Pixels), sizes));
    }

    /// <summary>−log p of the true class, [N,V].</summary>
    private Tensor OfTrueClass() => FusedPixels.Of(_logits, input.Labels, new(1, 0));

    /// <summary>What one pass over the pixels adds up: logarithms with the same factor for all classes, and the usual focal sum.</summary>
    private (HashSet<RegionStatistic> Statistics, PixelFactors Factors) Simple()
    {
        var statistics = new HashSet<RegionStatistic>();
        var all = default(PixelFactors);
        foreach (var (statistic, factors) in form.Factors)
        {
            var same = Same(factors.AsSpan(0, _classes));
            if (statistic.Kind == StatisticKind.NegativeLogLikelihood && same is { } ofTruth)
            {
                all = all with { OfTruth = ofTruth };
            }
            else if (statistic.Kind == StatisticKind.NegativeLogEverywhere && same is { } ofAll)
            {
                all = all with { OfAll = ofAll };
            }
            else if (statistic == RegionStatistic.Focal(PixelFactors.Gamma, FocalForm.OneVsRest))
            {
                all = all with { OfFocal = factors };
            }
            else
            {
                continue;
            }

            _ = statistics.Add(statistic);
        }

        return (statistics, all);
    }

    /// <summary>f(p) of a true class. Below γ = 2 the derivatives of a power of 1 − p need the range of float64.</summary>
    private Tensor Value(RegionStatistic statistic, Tensor logProbability)
    {
        var isSteep = statistic.Kind == StatisticKind.SoftmaxFocal && statistic.Parameter < 2;
        return PixelFunction.Value(statistic, isSteep ? logProbability.to(StatisticsType.On(input.Device)) : logProbability, _classes).to(_logits.dtype);
    }

    /// <summary>Each number times the factor of the label, [N,V].</summary>
    private Tensor OfLabel(Tensor values, double[] factors) => Same(factors.AsSpan(0, _classes)) is { } factor
        ? values.Times(factor)
        : values.mul(Row(factors, 0).index_select(0, input.Labels.flatten()).view(values.shape));

    /// <summary>Σ over the classes, [N,V].</summary>
    private Tensor OverClasses(Tensor values, double[] factors) => Same(factors.AsSpan(0, _classes)) is { } factor
        ? values.sum(1L).Times(factor)
        : values.mul(Row(factors, 0).view(1, -1, 1)).sum(1L);

    /// <summary>Channels on their own, unweighted: [N,K,V].</summary>
    private Tensor OfSigmoid(IReadOnlyDictionary<RegionStatistic, double[]> parts, bool withSize = true)
    {
        var truth = TensorArithmetic.Choose(input.Labels, _logits, _logits.neg());
        Tensor? total = null;
        foreach (var (statistic, factors) in parts)
        {
            total = Sum(total, statistic.Kind == StatisticKind.NegativeLogEverywhere
                ? Side(statistic, _logits, factors, 0).Plus(Side(statistic, _logits.neg(), factors, _classes))
                : OfSide(ComposedSigmoidRegions.Value(statistic, truth, _classes), factors));
        }

        return !withSize || form.OfTargetSize is not { } sizes ? total! : Sum(total, OfSide(ones_like(_logits), sizes));
    }

    private Tensor Side(RegionStatistic statistic, Tensor t, double[] factors, int first) =>
        ComposedSigmoidRegions.Value(statistic, t, _classes).mul(Row(factors, first).view(1, -1, 1));

    /// <summary>Each entry times the factor of the side that it truly is of.</summary>
    private Tensor OfSide(Tensor values, double[] factors) => Same(factors) is { } factor
        ? values.Times(factor)
        : values.mul(TensorArithmetic.Choose(input.Labels, Row(factors, 0).view(1, -1, 1), Row(factors, _classes).view(1, -1, 1)));

    private Tensor Row(double[] factors, int first) => tensor(factors[first..(first + _classes)], _logits.dtype, input.Device);

    private static Tensor Sum(Tensor? total, Tensor part) => total is null ? part : total.Plus(part);

    /// <summary>The number that all of them are; null where they differ.</summary>
    private static double? Same(ReadOnlySpan<double> factors) => factors.ContainsAnyExcept(factors[0]) ? null : factors[0];
}
