using Mono.Cecil;
using Mono.Cecil.Cil;

namespace SegLossBias.Tests.Interop;

/// <summary>What of TorchSharp makes a temporary Scalar, read from its IL: methods that convert a number, and those that call one of them.</summary>
internal sealed class ScalarMakers : IDisposable
{
    private readonly ModuleDefinition _torchSharp = ModuleDefinition.ReadModule(typeof(TorchSharp.torch).Assembly.Location);
    private readonly HashSet<string> _makers;

    internal ScalarMakers()
    {
        // Scalar itself, and the conversion whose result its caller keeps and frees, are no makers of temporary ones.
        MethodDefinition[] methods = [.. Methods(_torchSharp).Where(method => method.DeclaringType.FullName is not ("TorchSharp.Scalar" or "TorchSharp.ScalarExtensionMethods"))];
        _makers = [.. methods.Where(method => Calls(method).Any(IsConversion)).Select(method => method.FullName)];
        for (var before = 0; before < _makers.Count;)
        {
            before = _makers.Count;
            _makers.UnionWith(methods.Where(method => Calls(method).Any(called => _makers.Contains(called.GetElementMethod().FullName))).Select(method => method.FullName));
        }
    }

    /// <summary>The full names of TorchSharp's methods that make one, themselves or by what they call.</summary>
    internal IReadOnlyCollection<string> Names => _makers;

    /// <summary>The calls of an assembly that make a temporary Scalar, one line each; also those that make a module whose <c>forward</c> does.</summary>
    internal string[] CallsIn(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        return [.. Methods(module).SelectMany(method => Calls(method)
            .Where(called => IsImplicit(called) || _makers.Contains(called.GetElementMethod().FullName) || MakesOneInForward(called))
            .Select(called => $"{method.DeclaringType.FullName}.{method.Name} calls {called.FullName}"))];
    }

    /// <summary>The Scalars that an assembly makes and does not keep until the call that reads them is over: neither in a field nor in a variable that is disposed.</summary>
    internal static string[] NotKeptIn(string assembly, out int kept)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        var made = Methods(module).SelectMany(method => method.Body.Instructions.Where(instruction => instruction.Operand is MethodReference { Name: "ToScalar" })
            .Select(instruction => (Name: $"{method.DeclaringType.FullName}.{method.Name}", IsKept: IsKept(method.Body, instruction.Next)))).ToArray();
        kept = made.Count(one => one.IsKept);
        return [.. made.Where(one => !one.IsKept).Select(one => one.Name)];
    }

    public void Dispose() => _torchSharp.Dispose();

    private bool MakesOneInForward(MethodReference called)
    {
        var made = called.Name == ".ctor" ? called.DeclaringType : called.ReturnType;
        return made.Namespace == "TorchSharp.Modules" && _torchSharp.GetType(made.Namespace, made.Name) is { } type
            && type.Methods.Any(method => method.Name == "forward" && _makers.Contains(method.FullName));
    }

    private static IEnumerable<MethodDefinition> Methods(ModuleDefinition module) => module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) => method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>();

    private static bool IsConversion(MethodReference called) => IsImplicit(called) || called.Name == "ToScalar" || (called.DeclaringType.FullName == "TorchSharp.Scalar" && called.Name == ".ctor");

    private static bool IsImplicit(MethodReference called) => called.DeclaringType.FullName == "TorchSharp.Scalar" && called.Name == "op_Implicit";

    /// <summary>What is done with the result of a conversion: a field has it, the caller gets it, or a variable that <c>using</c> disposes.</summary>
    private static bool IsKept(MethodBody body, Instruction next) =>
        next.OpCode.Code is Code.Stsfld or Code.Stfld or Code.Ret || (Variable(next, "stloc") is { } variable && body.Instructions.Any(instruction =>
            instruction.Operand is MethodReference { Name: "Dispose" } && instruction.Previous is { } read && Variable(read, "ldloc") == variable));

    private static string? Variable(Instruction instruction, string operation)
    {
        var code = instruction.OpCode.Name;
        return !code.StartsWith(operation, StringComparison.Ordinal) ? null
            : instruction.Operand is VariableDefinition variable ? $"{variable.Index}" : code[(operation.Length + 1)..];
    }
}
