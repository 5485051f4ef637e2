using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace SegLossBias;

/// <summary>Whether objects of a type stay as they were made, as far as their fields tell.</summary>
internal static class FixedFields
{
    private static readonly HashSet<Type> FixedTypes = [typeof(string), typeof(decimal), typeof(Schedule), typeof(ClassWeights), typeof(ClassSelection), typeof(ClassDistances)];

    /// <summary>True where every field that a type adds to those of <see cref="LossTerm"/> and its library classes is read-only and of a fixed type.</summary>
    internal static bool Has([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)] Type type)
    {
        // Private fields of a base class are not among those of the derived one.
        var isDirect = type.BaseType?.Assembly == typeof(LossTerm).Assembly;
        return isDirect && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .All(field => field.IsInitOnly && (field.FieldType.IsPrimitive || field.FieldType.IsEnum || FixedTypes.Contains(Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType)));
    }
}
