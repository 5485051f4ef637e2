using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;

namespace SegLossBias;

/// <summary>Settings by name, and how they get to the properties of a loss and its terms.</summary>
internal sealed class SettingList
{
    private readonly Dictionary<string, object?> _settings = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Nested objects become names with a point: <c>penalty.temperature</c>.</summary>
    internal SettingList(IEnumerable<KeyValuePair<string, object?>> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (value is JsonElement { ValueKind: JsonValueKind.Object } json && !SettingValue.IsSchedule(json) && json.EnumerateObject().Any())
            {
                foreach (var inner in json.EnumerateObject())
                {
                    Add($"{name}.{inner.Name}", inner.Value);
                }
            }
            else
            {
                Add(name, value);
            }
        }
    }

    /// <summary>Those that the object has as properties, and the others.</summary>
    internal (SettingList Its, SettingList Others) Split(SegmentationLoss loss) =>
        (new(_settings.Where(setting => Find(loss.GetType(), setting.Key) is not null)),
         new(_settings.Where(setting => Find(loss.GetType(), setting.Key) is null)));

    /// <summary>Sets the properties of these objects.</summary>
    /// <param name="name">The name of the loss, for messages.</param>
    /// <param name="targets">Objects that were just made, with the name of the property that holds each.</param>
    /// <param name="alsoKnown">A type whose settings are named in messages too.</param>
    internal void Apply(
        string name,
        IReadOnlyList<(string Path, object Target)> targets,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type? alsoKnown = null)
    {
        // Whole terms first: what is set on one of them must not be lost with it.
        foreach (var (setting, value) in _settings.OrderBy(setting => setting.Value is LossTerm ? 0 : 1))
        {
            targets = [.. targets.Select(target => target.Path.Length == 0 ? target : (target.Path, Current(targets[0].Target, target)))];
            var found = targets.Select(target => (target.Path, target.Target, Property: Property(target, setting))).Where(match => match.Property is not null).ToArray();
            switch (found)
            {
                case [var (path, target, property)]:
                    var converted = SettingValue.To(property!.PropertyType, value, name, setting);
                    property.SetValue(target, converted, BindingFlags.DoNotWrapExceptions, null, null, null);
                    break;
                case []:
                    var known = targets.SelectMany(target => Names(target.Target)).Concat(alsoKnown is null ? [] : SettingsText.Of(alsoKnown).Select(property => property.Name)).Distinct().ToArray();
                    throw new ArgumentException($"{name} has no setting '{setting}'; {NearestName.Suggest(setting, known)}it has {string.Join(", ", known)}.", nameof(setting));
                default:
                    throw new ArgumentException($"'{setting}' is a setting of {string.Join(" and of ", found.Select(match => match.Path))}; say which, as in {found[^1].Path.ToLowerInvariant()}.{setting}.", nameof(setting));
            }
        }
    }

    private void Add(string name, object? value)
    {
        if (!_settings.TryAdd(name, value))
        {
            throw new ArgumentException($"the setting '{name}' is given twice; leave one out.", nameof(name));
        }
    }

    /// <summary>The term that the loss has now.</summary>
    private static object Current(object loss, (string Path, object Target) term) =>
        loss is SegmentationLoss compound ? SettingsText.Of(TypeOf(compound)).First(property => property.Name == term.Path).GetValue(compound)! : term.Target;

    private static PropertyInfo? Property((string Path, object Target) target, string setting)
    {
        var point = setting.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? Of(target.Target, setting)
            : string.Equals(setting[..point], target.Path, StringComparison.OrdinalIgnoreCase) ? Of(target.Target, setting[(point + 1)..])
            : null;
    }

    private static PropertyInfo? Of(object target, string setting) => target switch
    {
        LossTerm term => Find(TypeOf(term), setting),
        SegmentationLoss loss => Find(TypeOf(loss), setting),
        _ => null,
    };

    private static IEnumerable<string> Names(object target) =>
        (target is LossTerm term ? SettingsText.Of(TypeOf(term)) : SettingsText.Of(TypeOf((SegmentationLoss)target))).Select(property => property.Name);

    /// <summary>The class says which members of its heirs the trimmer keeps; it sees that of a parameter alone.</summary>
    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
    private static Type TypeOf(LossTerm term) => term.GetType();

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
    private static Type TypeOf(SegmentationLoss loss) => loss.GetType();

    private static PropertyInfo? Find([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type, string setting) =>
        SettingsText.Of(type).FirstOrDefault(property => string.Equals(property.Name, setting, StringComparison.OrdinalIgnoreCase));
}
