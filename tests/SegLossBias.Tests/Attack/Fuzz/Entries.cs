using System.Reflection;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Every public constructor, method and property of the library that reflection can call, read from the library itself.</summary>
internal static class Entries
{
    private static readonly Assembly Library = typeof(SegmentationLoss).Assembly;

    internal static readonly Type[] Types = [.. Library.GetExportedTypes().Where(type => type is { IsEnum: false, ContainsGenericParameters: false }).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>Each with the type that it is called on, since accumulators and terms share methods of their bases.</summary>
    internal static readonly (Type On, MethodBase Method)[] All = [.. Types.SelectMany(type => Of(type).Select(method => (type, method)))];

    private static IEnumerable<MethodBase> Of(Type type)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;
        var constructors = type.IsAbstract ? [] : type.GetConstructors();
        var methods = type.GetMethods(Public).Where(method => method.DeclaringType!.Assembly == Library && !(type.IsAbstract && !method.IsStatic && !EntryInstances.Has(type)));
        return constructors.Cast<MethodBase>().Concat(methods).Where(CanBeInvoked).OrderBy(method => method.ToString(), StringComparer.Ordinal);
    }

    /// <summary>
    /// Reflection can neither hand over spans nor get them: <see cref="MaskAttempts"/> calls what takes them and reads those of
    /// <see cref="SurfaceDistances"/>. Methods with out parameters, which are those that take records apart, and protected members are left out.
    /// </summary>
    private static bool CanBeInvoked(MethodBase method) =>
        !method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike) && method is not MethodInfo { ReturnType.IsByRefLike: true } && !method.ContainsGenericParameters;
}
