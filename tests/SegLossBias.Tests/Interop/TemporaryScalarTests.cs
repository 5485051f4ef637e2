using Mono.Cecil;

namespace SegLossBias.Tests.Interop;

/// <summary>
/// The library never lets TorchSharp make a temporary Scalar: the garbage collector may finalise it while native code still
/// reads it, which ends the process or, worse, computes with another number.
/// </summary>
public class TemporaryScalarTests
{
    [Fact]
    public void Library_MakesNone()
    {
        var calls = Calls(typeof(SegmentationLoss));
        calls.Should().Contain(call => call.Called.Name == "ToScalar", "else the calls were not read");
        calls.Where(call => MakesOne(call.Called)).Select(call => $"{call.Caller.DeclaringType.Name}.{call.Caller.Name} calls {call.Called.FullName}")
            .Should().BeEmpty("TensorArithmetic has operations whose Scalars live until they have returned");
    }

    /// <summary>The day this fails, TorchSharp may have mended it; then <see cref="SafeOptimizer"/> can go.</summary>
    [Theory]
    [InlineData(typeof(TorchSharp.Modules.Adam))]
    [InlineData(typeof(TorchSharp.Modules.AdamW))]
    [InlineData(typeof(TorchSharp.Modules.SGD))]
    public void TorchSharpsOptimizers_MakeThem(Type optimizer) => Calls(optimizer)
        .Where(call => call.Caller.DeclaringType.FullName.StartsWith(optimizer.FullName!, StringComparison.Ordinal) && MakesOne(call.Called))
        .Should().NotBeEmpty();

    private static (MethodDefinition Caller, MethodReference Called)[] Calls(Type inAssembly)
    {
        using var module = ModuleDefinition.ReadModule(inAssembly.Assembly.Location);
        return [.. module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>().Select(called => (method, called)))];
    }

    /// <summary>A conversion, an operator of a tensor and a number, an addition without its factor, or a square, which is a power.</summary>
    private static bool MakesOne(MethodReference called)
    {
        var parameters = called.Parameters.Select(parameter => parameter.ParameterType.FullName).ToArray();
        return called.DeclaringType.FullName switch
        {
            "TorchSharp.Scalar" => called.Name == "op_Implicit",
            "TorchSharp.torch/Tensor" => called.Name.StartsWith("op_", StringComparison.Ordinal) ? called.Name is "op_Addition" || parameters.Any(type => type != "TorchSharp.torch/Tensor")
                : called.Name is "square" or "square_" || (called.Name is "add" or "add_" && parameters is ["TorchSharp.torch/Tensor"]),
            _ => false,
        };
    }
}
