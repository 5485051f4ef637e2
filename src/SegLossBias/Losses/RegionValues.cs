using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Evaluates formulas on an input: in plain numbers where the fused pass gathers the statistics, as one node of the graph;
/// else in tensors.
/// </summary>
internal static class RegionValues
{
    /// <param name="tape">Formulas of one number, or of one for each image. The first output is the loss, the others are read only.</param>
    /// <param name="input">The checked input.</param>
    /// <param name="dtype">The type of the results, float32 or float64.</param>
    /// <returns>The first output, differentiable; the others, detached; how the statistics were gathered.</returns>
    internal static (Tensor Total, Tensor[] Others, string Implementation) Evaluate(FormulaTape tape, SegmentationInput input, ScalarType dtype)
    {
        if (!RegionPrimitive.IsFused(input) || !tape.IsNumeric)
        {
            var regions = RegionPrimitive.For(input, tape.Statistics);
            var values = TensorInterpreter.Evaluate(tape, regions);
            return (values[0].to(dtype).ConnectedTo(input.Logits).alias(), [.. values.Skip(1).Select(value => value.detach().to(dtype).clone())], $"{regions.Implementation}, formula in tensors");
        }

        var fused = new FusedInput(input);
        var node = new FormulaNode(tape, fused, dtype);
        return (GraphNode.Apply(node), [.. Enumerable.Range(1, tape.Outputs.Length - 1).Select(node.Value)], $"fused, {fused.KernelName}, formula in numbers");
    }

    /// <summary>A loss as one node of the graph: its value, and its gradient from a sweep over the formula and a pass over the pixels.</summary>
    private sealed class FormulaNode : INodeFunction
    {
        private readonly FormulaTape _tape;
        private readonly FusedInput _input;
        private readonly ScalarType _dtype;
        private readonly FusedPass[] _passes;
        private readonly NumberInterpreter _numbers;

        internal FormulaNode(FormulaTape tape, FusedInput input, ScalarType dtype)
        {
            (_tape, _input, _dtype) = (tape, input, dtype);
            _passes = new FusedPass[tape.Requests.Count];
            for (var index = 0; index < _passes.Length; index++)
            {
                _passes[index] = new FusedPass(input, tape.Requests[index]);
            }

            _numbers = new NumberInterpreter(tape, new RegionNumbers(_passes, input));
            Output = Value(0);
        }

        public Tensor Logits => _input.Logits;

        public Tensor[] Target => _input.Target;

        public Tensor Output { get; }

        internal Tensor Value(int output)
        {
            var numbers = _numbers.Output(output);
            return _tape.Steps[_tape.Outputs[output]].IsPerImage ? tensor(numbers.ToArray(), [numbers.Length], _dtype, CPU)
                : _dtype == ScalarType.Float64 ? tensor(numbers[0], device: CPU)
                : tensor((float)numbers[0], device: CPU);
        }

        public Tensor Gradient(Tensor logits, Tensor[] target, Tensor upstream)
        {
            var gradient = new RegionGradient(_passes);
            _numbers.Differentiate(0, Numbers(upstream), gradient);
            var total = _passes[0].Gradient(logits, target, gradient.Upstream[0]);
            for (var index = 1; index < _passes.Length; index++)
            {
                if (gradient.Upstream[index].AsSpan().ContainsAnyExcept(0))
                {
                    total = total.Plus(_passes[index].Gradient(logits, target, gradient.Upstream[index]));
                }
            }

            return total;
        }

        private static double[] Numbers(Tensor upstream)
        {
            if (upstream.dim() == 0)
            {
                return [upstream.dtype == ScalarType.Float64 ? upstream.item<double>() : upstream.item<float>()];
            }

            var wide = upstream.to(ScalarType.Float64).contiguous();
            var numbers = TensorMemory.Doubles(wide).ToArray();
            GC.KeepAlive(wide);
            return numbers;
        }

        public Tensor Recompute(Tensor logits, Tensor[] target) =>
            TensorInterpreter.Evaluate(_tape, RegionPrimitive.Composed(_input.With(logits, target)))[0].to(_dtype).ConnectedTo(logits);
    }
}
