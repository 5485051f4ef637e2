using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics of exclusive classes from ordinary tensor operations: any device, differentiable twice, the
/// readable reference. Sums over V run in the width of the logits, sums by hard labels in float64. Temporaries are freed
/// at once; what autograd needs it holds itself.
/// </summary>
internal sealed class ComposedSoftmaxRegions : IRegionPrimitive
{
    private readonly FlatInput _input;
    private readonly Tensor _logits;
    private Tensor? _logProbability;
    private Tensor? _trueClassLogProbability;
    private ComposedSigmoidRegions? _oneVsRest;

    internal ComposedSoftmaxRegions(FlatInput input)
    {
        _input = input;

        // Not even a NaN under an ignored pixel may reach the value or, as 0 · NaN, the gradient.
        _logits = input.Logits.ZeroWhere(input.IgnoredEntries);
        TargetSize = input.Soft is null ? SumByLabel(ones([1, 1], StatisticsType.On(input.Device), input.Device).expand_as(input.Labels)) : Sum(input.Soft);
        ValidSize = TargetSize.sum(1, keepdim: true);
    }

    public string Implementation => "composed";

    public Tensor ValidSize { get; }

    public Tensor TargetSize { get; }

    public Tensor? InstanceClasses => _input.Instances?.Classes;

    /// <summary>log p, [N,K,V]. One for all statistics with τ = 1: its gradients are added up before they go through the softmax.</summary>
    private Tensor LogProbability => _logProbability ??= nn.functional.log_softmax(_logits, 1);

    /// <summary>log p at the true class of each pixel, [N,V].</summary>
    private Tensor TrueClassLogProbability => _trueClassLogProbability ??= LogSoftmaxOfTrueClass();

    public Tensor Compute(RegionStatistic statistic, bool background) => statistic.Kind switch
    {
        StatisticKind.PredictedSize when statistic.Parameter != 1 => PredictedSize(statistic.Parameter),
        StatisticKind.PredictedSize or StatisticKind.PredictedPower or StatisticKind.NegativeLogEverywhere => Everywhere(statistic, null),
        StatisticKind.MapSum => Everywhere(statistic, _input.Maps[statistic.Map!]),
        StatisticKind.Confusion => Confusion(statistic),
        StatisticKind.OneVsRestFocal => (_oneVsRest ??= new ComposedSigmoidRegions(_input.AsChannels())).Compute(statistic, background),
        StatisticKind.TargetSquare => _input.Soft is null ? TargetSize.alias() : Sum(_input.Soft.Squared()),
        StatisticKind.Difference => Difference(),
        _ => _input.Soft is null ? OfTrueClass(statistic) : OfSoftLabels(statistic, _input.Soft),
    };

    public Tensor ComputeInstances(RegionStatistic? statistic)
    {
        var ofTrueClass = new InstanceSums(_input, _input.Ignored, _input.Weights?.squeeze(1));
        return ofTrueClass.Sum(statistic is null ? ones([1, 1], StatisticsType.On(_input.Device), _input.Device).expand_as(_input.Labels) : TrueClassLogProbability.exp());
    }

    private Tensor LogSoftmaxOfTrueClass()
    {
        using var trueClass = LogProbability.gather(1, _input.Labels.unsqueeze(1));
        return trueClass.squeeze(1);
    }

    private Tensor PredictedSize(double temperature)
    {
        using var probability = TemperedSoftmax(temperature);
        return Sum(probability);
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

    /// <param name="statistic">A statistic of all pixels, whatever their label.</param>
    /// <param name="map">A factor.</param>
    private Tensor Everywhere(RegionStatistic statistic, Tensor? map)
    {
        var logProbability = LogProbability;
        using var scope = NewDisposeScope();
        var values = PixelFunction.Value(statistic, logProbability, _input.Classes);
        return Sum(map is null ? values : values.mul(map)).MoveToOuterDisposeScope();
    }

    private Tensor Confusion(RegionStatistic statistic)
    {
        using var ofTrueClass = _input.Membership(statistic.TrueClass);
        return Everywhere(statistic, ofTrueClass);
    }

    private Tensor OfTrueClass(RegionStatistic statistic)
    {
        var logProbability = TrueClassLogProbability;
        using var scope = NewDisposeScope();
        var isFocal = statistic.Kind == StatisticKind.SoftmaxFocal;
        return SumByLabel(PixelFunction.Value(statistic, isFocal ? logProbability.to(TargetSize.dtype) : logProbability, _input.Classes)).MoveToOuterDisposeScope();
    }

    /// <summary>Where y = 0 the logarithm is left out: 0 · ∞ is 0 here.</summary>
    private Tensor OfSoftLabels(RegionStatistic statistic, Tensor soft)
    {
        var logProbability = LogProbability;
        using var scope = NewDisposeScope();
        var present = logProbability.ZeroWhere(soft.IsZero());
        var isFocal = statistic.Kind == StatisticKind.SoftmaxFocal;
        return Sum(PixelFunction.Value(statistic, isFocal ? present.to(TargetSize.dtype) : present, _input.Classes).mul(soft)).MoveToOuterDisposeScope();
    }

    /// <summary>|p − y|; 1 − p where y = 1, which keeps its digits.</summary>
    private Tensor Difference()
    {
        var logProbability = LogProbability;
        using var scope = NewDisposeScope();
        var channels = _input.AsChannels();
        var isWhole = channels.Soft is null ? channels.Labels : channels.Soft.IsOne();
        return Sum(TensorArithmetic.Choose(isWhole, logProbability.expm1().neg(), logProbability.exp().sub(channels.Labels.to(_logits.dtype)).Magnitude())).MoveToOuterDisposeScope();
    }

    /// <summary>Σ w·x over the pixels, [N,K] of [N,K,V].</summary>
    private Tensor Sum(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.WeightedBy(_input.Weights).ZeroWhere(_input.IgnoredEntries).sum(2).to(StatisticsType.On(_input.Device)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds w·x up by label, [N,K] of [N,V]; ignored pixels count nothing.</summary>
    private Tensor SumByLabel(Tensor values)
    {
        using var scope = NewDisposeScope();
        var wide = values.to(StatisticsType.On(_input.Device)).WeightedBy(_input.Weights?.squeeze(1)).ZeroWhere(_input.Ignored);
        return zeros([_input.Images, _input.Classes], wide.dtype, _input.Device).scatter_add_(1, _input.Labels, wide).MoveToOuterDisposeScope();
    }
}
