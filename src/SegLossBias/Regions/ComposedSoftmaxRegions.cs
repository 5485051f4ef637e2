using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics of exclusive classes from ordinary tensor operations: any device, differentiable twice, the
/// readable reference. Sums over V run in the width of the logits, sums by label in float64. Temporaries the size of
/// the logits are freed at once; what autograd needs it holds itself.
/// </summary>
internal sealed class ComposedSoftmaxRegions : IRegionPrimitive
{
    private readonly FlatInput _input;
    private readonly Tensor _logits;
    private Tensor? _logProbability;
    private Tensor? _trueClassLogProbability;
    private ComposedOneVsRest? _oneVsRest;

    internal ComposedSoftmaxRegions(FlatInput input)
    {
        _input = input;

        // Not even a NaN under an ignored pixel may reach the value or, as 0 · NaN, the gradient.
        _logits = input.Logits.ZeroWhere(input.Ignored?.unsqueeze(1));
        TargetSize = CountByLabel();
        ValidSize = TargetSize.sum(1, keepdim: true);
    }

    public string Implementation => "composed";

    public Tensor ValidSize { get; }

    public Tensor TargetSize { get; }

    /// <summary>log p, [N,K,V]. One for all statistics with τ = 1: its gradients are added up before they go through the softmax.</summary>
    private Tensor LogProbability => _logProbability ??= nn.functional.log_softmax(_logits, 1);

    /// <summary>log p at the true class of each pixel, [N,V].</summary>
    private Tensor TrueClassLogProbability => _trueClassLogProbability ??= LogSoftmaxOfTrueClass();

    public Tensor Compute(RegionStatistic statistic, bool background) => statistic.Kind switch
    {
        StatisticKind.PredictedSize => PredictedSize(statistic.Parameter),
        StatisticKind.Overlap => SumByLabel(TrueClassLogProbability.exp()),
        StatisticKind.NegativeLogLikelihood => SumByLabel(TrueClassLogProbability.alias()).neg(),
        StatisticKind.SoftmaxFocal => SumByLabel(FocalTerm.FromSoftmax(TrueClassLogProbability.to(TargetSize.dtype), statistic, _input.Classes)),
        _ => (_oneVsRest ??= new ComposedOneVsRest(_logits, _input, SumByLabel)).Focal(statistic.Parameter, background),
    };

    private Tensor LogSoftmaxOfTrueClass()
    {
        using var trueClass = LogProbability.gather(1, _input.Labels.unsqueeze(1));
        return trueClass.squeeze(1);
    }

    private Tensor PredictedSize(double temperature)
    {
        using var probability = temperature == 1 ? LogProbability.exp() : TemperedSoftmax(temperature);
        using var valid = probability.ZeroWhere(_input.Ignored?.unsqueeze(1));
        return valid.sum(2).to(TargetSize.dtype);
    }

    /// <summary>τ multiplies differences to the largest logit: exact where classes compete, and large logits cannot overflow.</summary>
    private Tensor TemperedSoftmax(double temperature)
    {
        using var largest = _logits.detach().amax([1], keepdim: true);
        using var differences = _logits.sub(largest);
        using var scalar = temperature.ToScalar();
        using var tempered = differences.mul_(scalar);
        return nn.functional.softmax(tempered, 1);
    }

    private Tensor CountByLabel()
    {
        using var one = ones([1, 1], StatisticsType.On(_input.Device), _input.Device);
        using var counts = _input.Ignored is null
            ? one.expand(_input.Labels.shape)
            : _input.Ignored.logical_not().to(one.dtype);
        return zeros([_input.Images, _input.Classes], one.dtype, _input.Device).scatter_add(1, _input.Labels, counts);
    }

    /// <summary>Adds [N,V] up by label to [N,K]; ignored pixels count nothing. Disposes the values.</summary>
    private Tensor SumByLabel(Tensor values)
    {
        using var given = values;
        using var wide = values.to(TargetSize.dtype);
        using var valid = wide.ZeroWhere(_input.Ignored);
        return zeros_like(TargetSize).scatter_add(1, _input.Labels, valid);
    }
}
