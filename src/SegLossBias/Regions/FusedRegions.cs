using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics as tensors from one pass over the memory of the CPU, nearly always; two focal sums in one loss take a
/// pass each. Keeps nothing of the size of an image but the inputs.
/// </summary>
internal static class FusedRegions
{
    /// <param name="input">The checked input.</param>
    /// <param name="statistics">What will be read.</param>
    internal static IRegionPrimitive Gather(SegmentationInput input, IEnumerable<RegionStatistic> statistics)
    {
        var fused = new FusedInput(input);
        (IReadOnlyList<RegionStatistic> Statistics, Tensor Rows) Pass(FusedPass pass) => (pass.Request.Statistics, GraphNode.Apply(new StatisticsNode(fused, pass)));
        return new GatheredRegions($"fused, {fused.KernelName}", [.. RegionRequest.For(statistics).Select(request => Pass(new FusedPass(fused, request)))], input);
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
