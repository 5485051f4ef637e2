using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Region statistics from tensor operations as one node of the graph: any device. The forward pass is the differentiable
/// reference without a graph, the backward pass a closed form that makes again what it needs. Keeps nothing but the inputs;
/// large inputs go through in slices of pixels, so that temporaries are small beside the logits.
/// </summary>
internal static class ComposedRegions
{
    /// <summary>Logits with fewer entries are one slice: their temporaries are small whatever they are.</summary>
    private const long FewestEntries = 1 << 19;

    /// <param name="input">The checked input.</param>
    /// <param name="statistics">What will be read.</param>
    /// <param name="entries">The most entries of a slice; null to choose.</param>
    internal static IRegionPrimitive Gather(SegmentationInput input, IEnumerable<RegionStatistic> statistics, long? entries = null)
    {
        RegionStatistic[] all = [.. statistics.Distinct()];
        return new GatheredRegions("composed", [(all, GraphNode.Apply(new Node(input, all, entries ?? EntriesOfSlice(input, all))))], input);
    }

    /// <summary>
    /// A quarter of the logits where a step needs little more than their size at once, else an eighth: with the gradient that is well
    /// below three times the logits.
    /// </summary>
    private static long EntriesOfSlice(SegmentationInput input, RegionStatistic[] statistics)
    {
        var needsLittle = !input.IsSoft && Array.TrueForAll(statistics, statistic =>
            statistic.Kind is StatisticKind.PredictedSize or StatisticKind.Overlap or StatisticKind.NegativeLogLikelihood);
        return Math.Max(FewestEntries, (input.Logits.numel() / (needsLittle ? 4 : 8)) + 1);
    }

    /// <summary>The differentiable reference.</summary>
    internal static IRegionPrimitive Reference(FlatInput input) => input.IsExclusive ? new ComposedSoftmaxRegions(input) : new ComposedSigmoidRegions(input);

    private sealed class Node : INodeFunction
    {
        private readonly SegmentationInput _input;
        private readonly RegionStatistic[] _statistics;
        private readonly long _entries;
        private readonly bool _hasIgnored;

        internal Node(SegmentationInput input, RegionStatistic[] statistics, long entries)
        {
            (_input, _statistics, _entries) = (input, statistics, entries);
            using var noGraph = no_grad();
            using var scope = NewDisposeScope();
            var flat = FlatInput.Of(input);
            _hasIgnored = flat.Ignored is not null;
            Tensor? rows = null;
            foreach (var (start, length) in Slices(flat))
            {
                using var inner = NewDisposeScope();
                var part = StatisticRows.Of(Reference(flat.Slice(start, length)), statistics, input.Mode);
                if (rows is null)
                {
                    rows = part.MoveToOuterDisposeScope();
                }
                else
                {
                    rows.add_(part, One);
                }
            }

            Output = rows!.MoveToOuterDisposeScope();
        }

        private static readonly Scalar One = 1.ToScalar();

        public Tensor Logits => _input.Logits;

        public Tensor[] Target => _input.Target;

        public Tensor Output { get; }

        public Tensor Gradient(Tensor logits, Tensor[] target, Tensor upstream)
        {
            var flat = FlatInput.Again(_input.With(logits, target), _hasIgnored);
            var narrow = upstream.to(flat.Logits.dtype);
            if (Slices(flat) is [_])
            {
                return InFormatOf(logits, Gradient(flat, narrow).reshape(logits.shape).to(logits.dtype));
            }

            var gradient = empty(flat.Logits.shape, logits.dtype, logits.device);
            foreach (var (start, length) in Slices(flat))
            {
                using var scope = NewDisposeScope();
                gradient.narrow(2, start, length).copy_(Gradient(flat.Slice(start, length), narrow));
            }

            return InFormatOf(logits, gradient.view(logits.shape));
        }

        public Tensor Recompute(Tensor logits, Tensor[] target) =>
            StatisticRows.Of(Reference(FlatInput.Again(_input.With(logits, target), _hasIgnored)), _statistics, _input.Mode);

        private static Tensor InFormatOf(Tensor logits, Tensor gradient) => logits.is_contiguous() ? gradient : empty_like(logits).copy_(gradient);

        private Tensor Gradient(FlatInput input, Tensor upstream)
        {
            using var scope = NewDisposeScope();
            var rows = new UpstreamRows(_statistics, upstream, input);
            var gradient = input.IsExclusive ? SoftmaxGradient.Of(input, rows) : SigmoidGradient.Of(input, rows);
            if (input.Weights is not null)
            {
                gradient.mul_(input.Weights);
            }

            return (input.IgnoredEntries is { } ignored ? gradient.ZeroWhereInPlace(ignored) : gradient).MoveToOuterDisposeScope();
        }

        /// <summary>Parts of the pixels, nearly equal; one where the logits are few.</summary>
        private (long Start, long Length)[] Slices(FlatInput input)
        {
            var most = Math.Max(1, _entries / Math.Max(1, input.Images * input.Classes));
            var count = Math.Max(1, (input.Pixels + most - 1) / most);
            return [.. Enumerable.Range(0, (int)count).Select(slice => (slice * input.Pixels / count, ((slice + 1) * input.Pixels / count) - (slice * input.Pixels / count)))];
        }
    }
}
