using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Evaluates a tape in tensors: any device, differentiable as often as you like. Each step is [images or 1, regions or 1].</summary>
internal static class TensorInterpreter
{
    /// <summary>The outputs: [N], or a scalar where an output does not vary over the images.</summary>
    internal static Tensor[] Evaluate(FormulaTape tape, IRegionPrimitive regions)
    {
        var tensors = new Tensor[tape.Steps.Count];
        for (var step = 0; step < tensors.Length; step++)
        {
            var operands = tape.Operands[step];
            tensors[step] = tape.Steps[step] switch
            {
                ConstantFormula constant => Constant(constant, regions.TargetSize),
                StatisticFormula statistic => regions.Read(statistic.Source),
                UnaryFormula unary => unary.Operation.Apply(tensors[operands[0]], tensors[operands[0]], unary.Operands[0], unary.Operands[0]),
                BinaryFormula binary => binary.Operation.Apply(tensors[operands[0]], tensors[operands[1]], binary.Operands[0], binary.Operands[1]),
                ReductionFormula reduction => Reduce(tensors[operands[0]], reduction),
                TensorFormula function => Call(function, tensors[operands[0]]),
                _ => tensors[operands[0]],
            };
        }

        return [.. tape.Outputs.Select(output => tape.Steps[output].IsPerImage ? tensors[output].flatten() : tensors[output].sum())];
    }

    private static Tensor Call(TensorFormula formula, Tensor operand)
    {
        var (result, whose) = (formula.Function(operand), $"the function '{formula.Name}' of a formula");
        if (result is null || (!result.IsInvalid && !result.shape.AsSpan().SequenceEqual(operand.shape)))
        {
            throw new InvalidOperationException($"{whose} must return a tensor of the shape it was given, {Shapes.Text(operand.shape)}, but it returned {(result is null ? "null" : Shapes.Text(result.shape))}; sum with Formula.Sum instead.");
        }

        return UserTensor.Checked(result, whose, operand.device);
    }

    private static Tensor Constant(ConstantFormula constant, Tensor like) =>
        constant.Width == 1
            ? tensor(constant.Number, dtype: like.dtype, device: CPU) // A number goes to any device without a copy that waits.
            : tensor(constant.Values, dtype: like.dtype, device: like.device).unsqueeze(0);

    private static Tensor Reduce(Tensor operand, ReductionFormula reduction)
    {
        var axis = reduction.Axis == Axis.Images ? 0 : 1;
        if (operand.dim() == 0 || operand.shape[axis] == 1)
        {
            return operand;
        }

        // Mean and maximum of an empty batch are 0.
        return reduction.Reducing == Reducing.Sum || operand.shape[axis] == 0 ? operand.sum([axis], keepdim: true)
            : reduction.Reducing == Reducing.Mean ? operand.mean([axis], keepdim: true)
            : operand.amax([axis], keepdim: true);
    }
}
