using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace SegLossBias;

/// <summary>Writes a name and all public settings, such as <c>Dice { Pooling = Batch, Smoothing = 0 }</c>.</summary>
internal static class SettingsText
{
    internal static string Of(string name, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type, object settings, string? first = null)
    {
        var texts = Of(type).Select(property => $"{property.Name} = {Text(property.GetValue(settings))}").ToArray();
        texts = first is null ? texts : [first, .. texts];
        return texts.Length == 0 ? name : $"{name} {{ {string.Join(", ", texts)} }}";
    }

    /// <summary>The settings of a type: its public properties that can be set when it is made.</summary>
    internal static IEnumerable<PropertyInfo> Of([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(IsSetting).OrderBy(property => property.DeclaringType == type ? 0 : 1);

    /// <summary>An init-only property has a setter with a required modifier; settings are those of this library or of a class derived from it.</summary>
    private static bool IsSetting(PropertyInfo property) =>
        property.SetMethod is { } setter && setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => value.ToString() ?? "",
    };
}
