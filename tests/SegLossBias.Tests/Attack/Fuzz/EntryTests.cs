using Mono.Cecil;
using Mono.Cecil.Cil;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>The fuzzer reaches every public entry: a new one fails here until there is an attack on it.</summary>
public class EntryTests
{
    /// <summary>Types whose numbers are read from memory that a caller hands over.</summary>
    private static readonly string[] Handed = ["TorchSharp.torch/Tensor", "SegLossBias.SegmentationTarget", "TorchSharp.Modules.Parameter", "System.ReadOnlySpan`1<System.Boolean>"];

    [Fact]
    public void EveryPublicType_HasAnObjectToCall() =>
        Entries.Types.Where(type => !type.IsAbstract && !EntryInstances.Has(type)).Should().BeEmpty("EntryInstances makes one of each type; add the new one");

    /// <summary>By reflection, with arguments of any kind: no list to keep.</summary>
    [Fact]
    public void EveryPublicMember_IsDrawn()
    {
        Entries.All.Should().HaveCountGreaterThan(1000);
        var calledOn = Entries.All.Select(entry => entry.On).ToHashSet();
        Entries.Types.Where(type => !calledOn.Contains(type) && !typeof(Delegate).IsAssignableFrom(type) && type.GetMembers().Any(member => member.DeclaringType == type && !type.IsAbstract)).Should().BeEmpty();
    }

    /// <summary>The code of the attacks calls what takes tensors, targets or masks; an override is called by the name of its base. That the attack compares what comes with the right value is for its author to see to.</summary>
    [Fact]
    public void EveryEntryThatTakesTensors_IsCalledByAnAttack()
    {
        using var attacks = ModuleDefinition.ReadModule(typeof(EntryTests).Assembly.Location);
        using var library = ModuleDefinition.ReadModule(typeof(SegmentationLoss).Assembly.Location);
        var called = attacks.GetTypes().Where(type => Outermost(type).Namespace == typeof(EntryTests).Namespace && Outermost(type).Name is not (nameof(EntryInstances) or nameof(EntryArguments)))
            .SelectMany(type => type.Methods).Where(method => method.HasBody).SelectMany(method => method.Body.Instructions)
            .Where(instruction => instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj or Code.Ldftn)
            .Select(instruction => Key((MethodReference)instruction.Operand)).ToHashSet();
        string[] entries = [.. library.GetTypes().Where(type => IsPublic(type)).SelectMany(type => type.Methods)
            .Where(method => (method.IsPublic || method.IsFamily) && !(method.IsVirtual && method.IsReuseSlot) && method.Parameters.Any(parameter => Handed.Any(parameter.ParameterType.FullName.Contains))).Select(Key)];
        entries.Should().HaveCountGreaterThan(40).And.Contain(entry => entry.Contains("SegmentationLoss::call", StringComparison.Ordinal));
        string.Join("\n", entries.Except(called)).Should().BeEmpty("else no attack can know what is right of it");
    }

    private static bool IsPublic(TypeDefinition type) => type.IsPublic || (type.IsNestedPublic && IsPublic(type.DeclaringType));

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is null ? type : Outermost(type.DeclaringType);

    /// <summary>Without the arguments of generic types: a method of a base is that of its heirs.</summary>
    private static string Key(MethodReference method)
    {
        var definition = method.GetElementMethod();
        var type = definition.DeclaringType is GenericInstanceType generic ? generic.ElementType : definition.DeclaringType;
        return $"{type.FullName}::{definition.Name}({string.Join(",", definition.Parameters.Select(parameter => parameter.ParameterType.FullName))})";
    }
}
