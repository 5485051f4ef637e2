using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Statistics that have been gathered, as <see cref="StatisticRows"/> lays them out.</summary>
/// <param name="implementation">What gathered them.</param>
/// <param name="passes">For each pass the statistics, and their rows with those of the target sizes, float64 [N, statistics + 1, 2K + B].</param>
/// <param name="mode">How the logits were read.</param>
/// <param name="classes">K.</param>
/// <param name="instanceClasses">The class of each instance, int64 [N,B]; null where there are none.</param>
internal sealed class GatheredRegions(string implementation, (IReadOnlyList<RegionStatistic> Statistics, Tensor Rows)[] passes, SegmentationMode mode, int classes, Tensor? instanceClasses) : IRegionPrimitive
{
    private readonly int _classes = classes;
    private readonly int _instances = instanceClasses is null ? 0 : (int)instanceClasses.size(1);
    private readonly bool _isExclusive = mode == SegmentationMode.Multiclass;
    private readonly Tensor[] _flat = Array.ConvertAll(passes, pass => pass.Rows.flatten(1));
    private Tensor? _sizes;
    private Tensor? _targetSize;
    private Tensor? _validSize;

    /// <summary>The same, of an input.</summary>
    internal GatheredRegions(string implementation, (IReadOnlyList<RegionStatistic> Statistics, Tensor Rows)[] passes, SegmentationInput input)
        : this(implementation, passes, input.Mode, (int)input.Classes, input.Instances?.Classes)
    {
    }

    public string Implementation { get; } = implementation;

    public Tensor TargetSize => _targetSize ??= Sizes.narrow(1, SizesStart, _classes);

    public Tensor ValidSize => _validSize ??= _isExclusive ? TargetSize.sum(1, keepdim: true) : TargetSize.Plus(Sizes.narrow(1, SizesStart + _classes, _classes));

    public Tensor? InstanceClasses { get; } = instanceClasses;

    private int RowLength => (2 * _classes) + _instances;

    /// <summary>The target sizes, without a graph, stand last.</summary>
    private Tensor Sizes => _sizes ??= _flat[0].detach();

    private int SizesStart => passes[0].Statistics.Count * RowLength;

    public Tensor Compute(RegionStatistic statistic, bool background) => Range(statistic, background ? _classes : 0, _classes);

    public Tensor ComputeInstances(RegionStatistic? statistic) =>
        statistic is { } gathered ? Range(gathered, 2 * _classes, _instances) : Sizes.narrow(1, SizesStart + (2 * _classes), _instances);

    /// <summary>Foregrounds and backgrounds stand beside each other.</summary>
    public Tensor ComputeBoth(RegionStatistic statistic) => Range(statistic, 0, 2 * _classes);

    private Tensor Range(RegionStatistic statistic, int first, int count)
    {
        for (var pass = 0; pass < passes.Length; pass++)
        {
            for (var place = 0; place < passes[pass].Statistics.Count; place++)
            {
                if (passes[pass].Statistics[place] == statistic)
                {
                    return _flat[pass].narrow(1, (place * RowLength) + first, count);
                }
            }
        }

        throw new InvalidOperationException($"{statistic} was not gathered.");
    }
}
