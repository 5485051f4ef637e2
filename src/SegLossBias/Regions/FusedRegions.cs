using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics as tensors from one pass over the memory of the CPU, nearly always; two focal sums in one loss take a
/// pass each. Keeps nothing of the size of an image but the inputs.
/// </summary>
internal sealed class FusedRegions : IRegionPrimitive
{
    private readonly FusedPass[] _passes;
    private readonly Tensor[] _values;
    private readonly int _instances;

    internal FusedRegions(SegmentationInput input, IEnumerable<RegionStatistic> statistics)
    {
        var fused = new FusedInput(input);
        _passes = [.. RegionRequest.For(statistics).Select(request => new FusedPass(fused, request))];
        _values = [.. _passes.Select(pass => GraphNode.Apply(new StatisticsNode(fused, pass)))];
        (InstanceClasses, _instances) = (input.Instances?.Classes, input.InstanceCount);
        Implementation = $"fused, {fused.KernelName}";
        var sizes = _values[0].detach().select(1, _passes[0].Rows - 1).narrow(1, 0, 2 * fused.Classes).reshape(fused.Images, 2, fused.Classes);
        TargetSize = sizes.select(1, 0);
        ValidSize = input.Mode == SegmentationMode.Multiclass ? TargetSize.sum(1, keepdim: true) : sizes.sum(1L);
    }

    public string Implementation { get; }

    public Tensor ValidSize { get; }

    public Tensor TargetSize { get; }

    public Tensor? InstanceClasses { get; }

    public Tensor Compute(RegionStatistic statistic, bool background)
    {
        var (pass, place) = RegionNumbers.Find(_passes, statistic);
        var classes = TargetSize.shape[1];
        return _values[Array.IndexOf(_passes, pass)].select(1, place).narrow(1, background ? classes : 0, classes);
    }

    public Tensor ComputeInstances(RegionStatistic? statistic)
    {
        var (pass, place) = statistic is { } gathered ? RegionNumbers.Find(_passes, gathered) : (_passes[0], _passes[0].Rows - 1);
        return _values[Array.IndexOf(_passes, pass)].select(1, place).narrow(1, 2 * TargetSize.shape[1], _instances);
    }

    /// <summary>The statistics of a pass as a node of the graph: float64 [N, statistics + 1, 2K + B], the kernel's own layout.</summary>
    private sealed class StatisticsNode(FusedInput input, FusedPass pass) : INodeFunction
    {
        public Tensor Logits => input.Logits;

        public Tensor[] Target => input.Target;

        public Tensor Output { get; } = tensor(pass.Results, [input.Images, pass.Rows, pass.RowLength], ScalarType.Float64, CPU);

        public Tensor Gradient(Tensor logits, Tensor[] target, Tensor upstream)
        {
            var contiguous = upstream.contiguous();
            var numbers = TensorMemory.Doubles(contiguous).ToArray();
            GC.KeepAlive(contiguous);
            return pass.Gradient(logits, target, numbers);
        }

        public Tensor Recompute(Tensor logits, Tensor[] target) => StatisticRows.Of(RegionPrimitive.Composed(input.With(logits, target)), pass.Request.Statistics, input.Mode);
    }
}
