using SegLossBias.Tests.Interop;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>A training of hours survives the garbage collector: the program never lets TorchSharp make a temporary Scalar.</summary>
public class TemporaryScalarTests
{
    private static readonly string Program = typeof(LossSpec).Assembly.Location;

    [Fact]
    public void Program_MakesNone()
    {
        using var makers = new ScalarMakers();
        makers.Names.Should().HaveCountGreaterThan(300, "else TorchSharp was not read")
            .And.Contain(name => name.Contains("Modules.LeakyReLU::forward", StringComparison.Ordinal), "the modules of a network make some too");
        makers.CallsIn(Program).Should().BeEmpty("KeptScalars has those that are needed, and others belong in a variable with using");
    }

    [Fact]
    public void Program_KeepsItsOwnScalarsUntilTheCallIsOver()
    {
        ScalarMakers.NotKeptIn(Program, out var kept).Should().BeEmpty("a Scalar belongs in a field or in a variable with using");
        kept.Should().BeGreaterThan(5);
    }
}
