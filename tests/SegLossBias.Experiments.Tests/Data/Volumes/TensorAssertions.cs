using FluentAssertions.Primitives;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

internal static class TensorAssertions
{
    /// <summary>Same shape, same type, same numbers.</summary>
    public static void BeSameValuesAs(this ObjectAssertions actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var tensor = (Tensor)actual.Subject;
        tensor.shape.Should().Equal(expected.shape);
        tensor.dtype.Should().Be(expected.dtype);
        tensor.ne(expected).count_nonzero().item<long>().Should().Be(0);
    }
}
