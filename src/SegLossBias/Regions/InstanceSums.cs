using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Sums over the pixels of each instance.</summary>
/// <param name="input">An input with instances.</param>
/// <param name="notCounted">True where a pixel is ignored or is not of its class; laid out as the labels.</param>
/// <param name="weights">Weights of that layout; null for 1.</param>
internal sealed class InstanceSums(FlatInput input, Tensor? notCounted, Tensor? weights)
{
    private readonly Instances _instances = input.Instances!;

    /// <summary>[N,B] of numbers for each pixel, laid out as the labels.</summary>
    internal Tensor Sum(Tensor values)
    {
        using var scope = NewDisposeScope();
        var numbers = _instances.Numbers.flatten(1);
        using var zero = 0L.ToScalar();
        var wide = (weights is null ? values : values.mul(weights)).ZeroWhere(notCounted).flatten(1).to(StatisticsType.On(input.Device)).ZeroWhere(numbers.lt(zero));
        return zeros([input.Images, _instances.Count], wide.dtype, input.Device).scatter_add_(1, numbers.clamp_min(zero), wide).MoveToOuterDisposeScope();
    }
}
