using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics of channels on their own (binary, multilabel, one class against the rest) from ordinary tensor
/// operations. Each channel has two regions, the class and its background; with hard labels both come from the same
/// logarithms, log p of what the pixel truly is, so that neither suffers from a 1 − p that rounds to 0.
/// </summary>
internal sealed class ComposedSigmoidRegions : IRegionPrimitive
{
    private readonly FlatInput _input;
    private readonly Tensor _logits;
    private Tensor? _truthLogit;
    private (RegionStatistic Statistic, Tensor Values)? _ofTruth;

    internal ComposedSigmoidRegions(FlatInput input)
    {
        _input = input;
        _logits = input.Logits.ZeroWhere(input.Ignored);
        var type = StatisticsType.On(input.Device);
        (TargetSize, ValidSize) = input switch
        {
            { Soft: null, Weights: null, Ignored: null } => (input.Labels.sum(2).to(type), ones([input.Images, input.Classes], type, input.Device).Times(input.Pixels)),
            { Soft: null, Weights: null } => (input.Labels.sum(2).to(type), input.Ignored.bitwise_not().sum(2).to(type)),
            _ => (Sum(input.Labels.to(_logits.dtype)), Sum(ones([1, 1, 1], _logits.dtype, input.Device).expand_as(_logits))),
        };
    }

    public string Implementation => "composed";

    public Tensor ValidSize { get; }

    public Tensor TargetSize { get; }

    public Tensor? InstanceClasses => _input.Instances?.Classes;

    /// <summary>z in the foreground, −z in the background: σ of it is the probability of the truth. Of hard labels.</summary>
    private Tensor TruthLogit => _truthLogit ??= TensorArithmetic.Choose(_input.Labels, _logits, _logits.neg());

    public Tensor Compute(RegionStatistic statistic, bool background)
    {
        switch (statistic.Kind)
        {
            case StatisticKind.PredictedSize:
            {
                using var probability = _logits.Times(background ? -statistic.Parameter : statistic.Parameter).sigmoid();
                return Sum(probability);
            }

            case StatisticKind.PredictedPower or StatisticKind.NegativeLogEverywhere or StatisticKind.MapSum:
            {
                using var scope = NewDisposeScope();
                var values = Value(statistic, background ? _logits.neg() : _logits, _input.Classes);
                return Sum(statistic.Map is null ? values : values.mul(_input.Maps[statistic.Map])).MoveToOuterDisposeScope();
            }

            case StatisticKind.TargetSquare:
            {
                using var scope = NewDisposeScope();
                return (_input.Soft is null ? background ? ValidSize.sub(TargetSize) : TargetSize.alias() : Sum(Membership(_input.Soft, background).Squared())).MoveToOuterDisposeScope();
            }

            case StatisticKind.Difference:
                return Difference();
            default:
                return _input.Soft is null ? OfTruth(statistic, background) : OfSoftLabels(statistic, _input.Soft, background);
        }
    }

    public Tensor ComputeInstances(RegionStatistic? statistic)
    {
        using var scope = NewDisposeScope();
        var ofForeground = new InstanceSums(_input, _input.Labels.bitwise_not(), _input.Weights);
        return ofForeground.Sum(statistic is null ? ones_like(_logits) : _logits.sigmoid()).MoveToOuterDisposeScope();
    }

    /// <summary>f at p = σ(t).</summary>
    internal static Tensor Value(RegionStatistic statistic, Tensor t, long classes) => statistic.Kind switch
    {
        StatisticKind.Overlap or StatisticKind.MapSum => t.sigmoid(),
        StatisticKind.SoftmaxFocal or StatisticKind.OneVsRestFocal => FocalTerm.FromSigmoid(t, statistic.Parameter),
        _ => PixelFunction.Value(statistic, t.LogSigmoid(), classes),
    };

    /// <summary>Both sides have a part of the same numbers, which are kept for the other side.</summary>
    private Tensor OfTruth(RegionStatistic statistic, bool background)
    {
        var truthLogit = TruthLogit;
        if (_ofTruth?.Statistic != statistic)
        {
            _ofTruth?.Values.Dispose();
            using var inner = NewDisposeScope();
            _ofTruth = (statistic, Value(statistic, truthLogit, _input.Classes).MoveToOuterDisposeScope());
        }

        using var scope = NewDisposeScope();
        return Sum(_ofTruth.Value.Values.ZeroWhere(background ? _input.Labels : _input.Labels.bitwise_not())).MoveToOuterDisposeScope();
    }

    /// <summary>Where a pixel is not of the side at all its logit is left out: 0 · ∞ is 0 here.</summary>
    private Tensor OfSoftLabels(RegionStatistic statistic, Tensor soft, bool background)
    {
        using var scope = NewDisposeScope();
        var membership = Membership(soft, background);
        var t = (background ? _logits.neg() : _logits).ZeroWhere(membership.IsZero());
        return Sum(Value(statistic, t, _input.Classes).mul(membership)).MoveToOuterDisposeScope();
    }

    /// <summary>|p − y|, the same on both sides; 1 − p = σ(−z) where y = 1, which keeps its digits.</summary>
    private Tensor Difference()
    {
        var truthLogit = _input.Soft is null ? TruthLogit : null;
        using var scope = NewDisposeScope();
        return Sum(_input.Soft is null
            ? truthLogit!.neg().sigmoid()
            : TensorArithmetic.Choose(_input.Soft.IsOne(), _logits.neg().sigmoid(), _logits.sigmoid().sub(_input.Soft).Magnitude())).MoveToOuterDisposeScope();
    }

    private static Tensor Membership(Tensor soft, bool background) => background ? soft.OneMinus() : soft;

    /// <summary>Σ w·x over the pixels, [N,K] of [N,K,V].</summary>
    private Tensor Sum(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.WeightedBy(_input.Weights).ZeroWhere(_input.Ignored).sum(2).to(StatisticsType.On(_input.Device)).MoveToOuterDisposeScope();
    }
}
