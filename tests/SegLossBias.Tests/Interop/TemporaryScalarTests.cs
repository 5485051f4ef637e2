namespace SegLossBias.Tests.Interop;

/// <summary>
/// The library never lets TorchSharp make a temporary Scalar: the garbage collector may finalise it while native code still
/// reads it, which ends the process or, worse, computes with another number.
/// </summary>
public class TemporaryScalarTests
{
    private static readonly string Library = typeof(SegmentationLoss).Assembly.Location;

    [Fact]
    public void Library_MakesNone()
    {
        using var makers = new ScalarMakers();
        makers.CallsIn(Library).Should().BeEmpty("TensorArithmetic has operations whose Scalars live until they have returned");
    }

    [Fact]
    public void Library_KeepsItsOwnScalarsUntilTheCallIsOver()
    {
        ScalarMakers.NotKeptIn(Library, out var kept).Should().BeEmpty("a Scalar belongs in a field or in a variable with using");
        kept.Should().BeGreaterThan(30, "else the calls were not read");
    }

    /// <summary>What is searched for is read from TorchSharp itself; these are known to be of it, or not.</summary>
    [Theory]
    [InlineData("::square()", true)]
    [InlineData("::add(TorchSharp.torch/Tensor)", true)]
    [InlineData("::add(TorchSharp.torch/Tensor,TorchSharp.Scalar)", false)]
    [InlineData("::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", true)]
    [InlineData("::op_Multiply(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", false)]
    [InlineData("::op_Multiply(TorchSharp.torch/Tensor,System.Double)", true)]
    [InlineData("::elu(System.Double)", true)]
    [InlineData("::mul(TorchSharp.Scalar)", false)]
    public void Makers_AreFound(string method, bool makesOne)
    {
        using var makers = new ScalarMakers();
        makers.Names.Contains($"TorchSharp.torch/Tensor TorchSharp.torch/Tensor{method}").Should().Be(makesOne);
    }

    /// <summary>The day this fails, TorchSharp may have mended it; then <see cref="SafeOptimizer"/> can go.</summary>
    [Theory]
    [InlineData(typeof(TorchSharp.Modules.Adam))]
    [InlineData(typeof(TorchSharp.Modules.AdamW))]
    [InlineData(typeof(TorchSharp.Modules.SGD))]
    public void TorchSharpsOptimizers_MakeThem(Type optimizer)
    {
        using var makers = new ScalarMakers();
        makers.Names.Should().Contain(name => name.Contains($"{optimizer.FullName}::", StringComparison.Ordinal));
    }
}
