using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics of channels on their own (binary, multilabel, one class against the rest) from ordinary tensor
/// operations. Each channel has two regions, the class and its background; both come from the same logarithms,
/// log p of what the pixel truly is, so that neither suffers from a 1 − p that rounds to 0.
/// </summary>
internal sealed class ComposedSigmoidRegions : IRegionPrimitive
{
    private readonly FlatInput _input;
    private readonly Tensor _logits;
    private readonly Tensor _notForeground;
    private readonly Tensor _notBackground;
    private Tensor? _truthLogit;

    internal ComposedSigmoidRegions(FlatInput input)
    {
        _input = input;
        _logits = input.Logits.ZeroWhere(input.Ignored);
        _notForeground = input.Labels.logical_not();
        _notBackground = input.Ignored is null ? input.Labels : input.Labels.logical_or(input.Ignored);
        TargetSize = input.Labels.sum(2).to(StatisticsType.On(input.Device));
        ValidSize = input.Ignored is null
            ? ones_like(TargetSize).Times(input.Pixels)
            : input.Ignored.logical_not().sum(2).to(TargetSize.dtype);
    }

    public string Implementation => "composed";

    public Tensor ValidSize { get; }

    public Tensor TargetSize { get; }

    /// <summary>z in the foreground, −z in the background: σ of it is the probability of the truth.</summary>
    private Tensor TruthLogit => _truthLogit ??= where(_input.Labels, _logits, _logits.neg());

    public Tensor Compute(RegionStatistic statistic, bool background) => statistic.Kind switch
    {
        StatisticKind.PredictedSize => PredictedSize(statistic.Parameter, background),
        StatisticKind.Overlap => Sum(TruthLogit.sigmoid(), background),
        StatisticKind.NegativeLogLikelihood => Sum(nn.functional.logsigmoid(TruthLogit).neg(), background),
        _ => Sum(FocalTerm.FromSigmoid(TruthLogit, statistic.Parameter), background),
    };

    private Tensor PredictedSize(double temperature, bool background) =>
        _logits.Times(background ? -temperature : temperature).sigmoid().ZeroWhere(_input.Ignored).sum(2).to(TargetSize.dtype);

    private Tensor Sum(Tensor values, bool background) =>
        values.ZeroWhere(background ? _notBackground : _notForeground).sum(2).to(TargetSize.dtype);
}
