using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace SegLossBias.Experiments.Tests;

/// <summary>The layers of the program, read from its assembly: each knows only what is left of it.</summary>
public class LayerTests
{
    private const string Root = "SegLossBias.Experiments.";

    /// <summary>Left to right; layers of one step do not know each other.</summary>
    private static readonly string[][] Steps =
        [["Common"], ["Settings"], ["Data", "Results"], ["Learning", "Statistics"], ["Reporting", "Planning"], ["Commands"]];

    private static readonly AssemblyDefinition Program = AssemblyDefinition.ReadAssembly(typeof(LossSpec).Assembly.Location);

    [Fact]
    public void ALayer_UsesOnlyLayersLeftOfIt()
    {
        var violations =
            from type in Program.MainModule.GetAllTypes()
            let layer = LayerOf(type)
            where layer is not null
            from used in Used(type).Select(LayerOf).OfType<string>().Distinct()
            where used != layer && StepOf(used) >= StepOf(layer)
            select $"{type.FullName} ({layer}) uses {used}: {string.Join(", ", Used(type).Where(other => LayerOf(other) == used).Select(other => other.Name).Distinct())}";
        violations.ToArray().Should().BeEmpty();
    }

    [Fact]
    public void EveryType_BelongsToALayer()
    {
        var strangers = Program.MainModule.GetAllTypes()
            .Where(type => LayerOf(type) is not null && StepOf(LayerOf(type)!) < 0).Select(type => type.FullName);
        strangers.Should().BeEmpty();
        Program.MainModule.GetAllTypes().Select(LayerOf).OfType<string>().Distinct().Should().BeEquivalentTo(Steps.SelectMany(step => step));
    }

    private static int StepOf(string layer) => Array.FindIndex(Steps, step => step.Contains(layer));

    /// <summary>Null for what is not of the program, and for the entry point and what the compiler adds.</summary>
    private static string? LayerOf(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Namespace.StartsWith(Root, StringComparison.Ordinal) ? type.Namespace[Root.Length..] : null;
    }

    private static IEnumerable<TypeReference> Used(TypeDefinition type)
    {
        var direct = new List<TypeReference?> { type.BaseType };
        direct.AddRange(type.Interfaces.Select(one => one.InterfaceType));
        direct.AddRange(type.CustomAttributes.SelectMany(Attribute));
        direct.AddRange(type.Fields.Select(field => field.FieldType));
        foreach (var method in type.Methods)
        {
            direct.Add(method.ReturnType);
            direct.AddRange(method.Parameters.Select(parameter => parameter.ParameterType));
            direct.AddRange(method.CustomAttributes.SelectMany(Attribute));
            if (method.HasBody)
            {
                direct.AddRange(method.Body.Variables.Select(variable => variable.VariableType));
                direct.AddRange(method.Body.Instructions.SelectMany(instruction => Operand(instruction.Operand)));
            }
        }

        return direct.OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference> Attribute(CustomAttribute attribute) =>
        attribute.ConstructorArguments.Select(argument => argument.Value).OfType<TypeReference>().Append(attribute.AttributeType);

    private static IEnumerable<TypeReference?> Operand(object? operand) => operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    /// <summary>The type itself, what it is an array or reference of, and its type arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification specified => Parts(specified.ElementType),
        _ => [type],
    };
}
