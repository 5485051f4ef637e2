using Mono.Cecil;
using Mono.Cecil.Cil;

namespace SegLossBias.Tests.Rooms;

/// <summary>All types that a type mentions: in its bases, signatures, attributes and the bodies of its methods.</summary>
internal static class TypeUses
{
    /// <returns>The types, and the member that mentions each.</returns>
    internal static IEnumerable<(string Member, TypeReference Type)> Of(TypeDefinition type)
    {
        var ofType = new[] { type.BaseType }.Concat(type.Interfaces.Select(implemented => implemented.InterfaceType))
            .Concat(Constraints(type)).Concat(Attributes(type)).Concat(type.Properties.SelectMany(Attributes)).Concat(type.Events.SelectMany(Attributes));
        return ofType.Select(used => (type.Name, used))
            .Concat(type.Fields.SelectMany(field => Attributes(field).Append(field.FieldType).Select(used => (field.Name, used))))
            .Concat(type.Methods.SelectMany(method => OfMethod(method).Select(used => (method.Name, used))))
            .Where(use => use.Item2 is not null)
            .SelectMany(use => Parts(use.Item2).Select(part => (use.Item1, part)));
    }

    private static IEnumerable<TypeReference> OfMethod(MethodDefinition method)
    {
        var signature = Signature(method).Concat(Constraints(method)).Concat(Attributes(method)).Concat(Attributes(method.MethodReturnType)).Concat(method.Parameters.SelectMany(Attributes))
            .Concat(method.Overrides.SelectMany(Signature));
        return !method.HasBody ? signature : signature
            .Concat(method.Body.Variables.Select(variable => variable.VariableType))
            .Concat(method.Body.ExceptionHandlers.Select(handler => handler.CatchType))
            .Concat(method.Body.Instructions.SelectMany(OfInstruction));
    }

    private static IEnumerable<TypeReference> OfInstruction(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod generic => Signature(generic.ElementMethod).Concat(generic.GenericArguments),
        MethodReference method => Signature(method),
        CallSite site => site.Parameters.Select(parameter => parameter.ParameterType).Append(site.ReturnType),
        _ => [],
    };

    private static IEnumerable<TypeReference> Signature(MethodReference method) =>
        method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType).Append(method.DeclaringType);

    private static IEnumerable<TypeReference> Constraints(IGenericParameterProvider generic) =>
        generic.GenericParameters.SelectMany(parameter => parameter.Constraints.Select(constraint => constraint.ConstraintType).Concat(Attributes(parameter)));

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider provider) => provider.CustomAttributes.SelectMany(attribute =>
        attribute.ConstructorArguments.Concat(attribute.Properties.Select(property => property.Argument)).Concat(attribute.Fields.Select(field => field.Argument))
            .SelectMany(InArgument).Append(attribute.AttributeType));

    private static IEnumerable<TypeReference> InArgument(CustomAttributeArgument argument) => argument.Value switch
    {
        TypeReference type => [argument.Type, type],
        CustomAttributeArgument[] items => items.SelectMany(InArgument),
        CustomAttributeArgument boxed => InArgument(boxed),
        _ => [argument.Type],
    };

    /// <summary>The type itself without array, pointer and reference, and its generic arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        FunctionPointerType pointer => pointer.Parameters.Select(parameter => parameter.ParameterType).Append(pointer.ReturnType).SelectMany(Parts),
        IModifierType modified => Parts(modified.ElementType).Concat(Parts(modified.ModifierType)),
        GenericParameter => [],
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
