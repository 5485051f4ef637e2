using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics of exclusive classes from ordinary tensor operations: any device, differentiable twice, the
/// readable reference. Sums over V run in the width of the logits, sums by label in float64.
/// </summary>
internal sealed class ComposedSoftmaxRegions : IRegionPrimitive
{
    private readonly FlatInput _input;
    private readonly Tensor _logits;
    private Tensor? _fromLargest;
    private Tensor? _ownLogProbability;
    private ComposedSigmoidRegions? _oneVsRest;

    internal ComposedSoftmaxRegions(FlatInput input)
    {
        _input = input;

        // Not even a NaN under an ignored pixel may reach the value or, as 0 · NaN, the gradient.
        _logits = input.Logits.ZeroWhere(input.Ignored?.unsqueeze(1));
        var counts = ones([input.Images, input.Pixels], StatisticsType.On(input.Device), input.Device).ZeroWhere(input.Ignored);
        TargetSize = SumByLabel(counts);
        ValidSize = counts.sum(1, keepdim: true);
    }

    public string Implementation => "composed";

    public Tensor ValidSize { get; }

    public Tensor TargetSize { get; }

    /// <summary>log p at the true class of each pixel, [N,V].</summary>
    private Tensor OwnLogProbability => _ownLogProbability ??= nn.functional.log_softmax(_logits, 1)
        .gather(1, _input.Labels.unsqueeze(1)).squeeze(1).to(StatisticsType.On(_input.Device));

    public Tensor Compute(RegionStatistic statistic, bool background)
    {
        if (statistic.Kind == StatisticKind.OneVsRestFocal)
        {
            return (_oneVsRest ??= OneVsRest()).Compute(statistic, background);
        }

        return statistic.Kind switch
        {
            StatisticKind.PredictedSize => PredictedSize(statistic.Parameter),
            StatisticKind.Overlap => SumByLabel(OwnLogProbability.exp()),
            StatisticKind.NegativeLogLikelihood => SumByLabel(OwnLogProbability.neg()),
            _ => SumByLabel(FocalTerm.FromSoftmax(OwnLogProbability, statistic, _input.Classes)),
        };
    }

    private Tensor PredictedSize(double temperature)
    {
        // τ multiplies differences to the largest logit: exact where classes compete, and large logits cannot overflow.
        var tempered = temperature == 1 ? _logits : (_fromLargest ??= FromLargest()).Times(temperature);
        return nn.functional.softmax(tempered, 1).ZeroWhere(_input.Ignored?.unsqueeze(1)).sum(2).to(TargetSize.dtype);
    }

    private Tensor FromLargest() => _logits.sub(_logits.detach().amax([1], keepdim: true));

    /// <summary>Adds [N,V] up by label to [N,K]; ignored pixels count nothing.</summary>
    private Tensor SumByLabel(Tensor values) =>
        zeros([_input.Images, _input.Classes], values.dtype, values.device)
            .scatter_add(1, _input.Labels, values.ZeroWhere(_input.Ignored));

    private ComposedSigmoidRegions OneVsRest()
    {
        var members = zeros(_input.Logits.shape, ScalarType.Bool, _input.Device)
            .scatter(1, _input.Labels.unsqueeze(1), ones([_input.Images, 1, _input.Pixels], ScalarType.Bool, _input.Device));
        var ignored = _input.Ignored?.unsqueeze(1).expand(_input.Logits.shape);
        return new ComposedSigmoidRegions(new FlatInput
        {
            Logits = _input.Logits,
            Labels = ignored is null ? members : members.logical_and(ignored.logical_not()),
            Ignored = ignored,
            Mode = SegmentationMode.Multilabel,
        });
    }
}
