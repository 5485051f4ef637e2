using System.Collections;
using System.Globalization;
using System.Text.Json;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What configuration files and command lines hold, as the type of a setting.</summary>
internal static class SettingValue
{
    private static readonly string[] Linear = ["from", "to", "epochs"];
    private static readonly string[] Step = ["initial", "factor", "every", "max"];

    /// <summary>An object that describes a schedule and not a term.</summary>
    internal static bool IsSchedule(JsonElement json) => json.EnumerateObject().Any(property => Linear.Concat(Step).Contains(property.Name, StringComparer.OrdinalIgnoreCase));

    /// <exception cref="ArgumentException">The value does not fit.</exception>
    internal static object? To(Type type, object? value, string loss, string setting)
    {
        if (value is null or JsonElement { ValueKind: JsonValueKind.Null })
        {
            return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? null : throw Misfit(type, value, loss, setting);
        }

        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        var target = Nullable.GetUnderlyingType(type) ?? type;
        try
        {
            return target == typeof(double) ? Number(value)
                : target == typeof(long) ? Whole(value)
                : target == typeof(int) ? checked((int)Whole(value))
                : target == typeof(bool) ? value is JsonElement json ? json.GetBoolean() : Convert.ToBoolean(value, CultureInfo.InvariantCulture)
                : target == typeof(string) && Text(value) is { } text ? text
                : target.IsEnum ? Named(target, value)
                : target == typeof(Schedule) ? ToSchedule(value)
                : target == typeof(ClassWeights) ? value as Tensor is { } tensor ? ClassWeights.Of(tensor) : ClassWeights.Of([.. List(value).Select(Number)])
                : target == typeof(ClassSelection) ? ToSelection(value)
                : target == typeof(ClassDistances) ? ToDistances(value)
                : target == typeof(IReadOnlyList<long>) ? List(value).Select(Whole).ToArray()
                : target == typeof(IReadOnlyList<double>) ? List(value).Select(Number).ToArray()
                : throw Misfit(type, value, loss, setting);
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or OverflowException or InvalidOperationException or KeyNotFoundException)
        {
            throw Misfit(type, value, loss, setting);
        }
    }

    private static ArgumentException Misfit(Type type, object? value, string loss, string setting)
    {
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        var expected = kind.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(kind))}"
            : kind == typeof(ClassWeights) ? "a list of numbers, one for each class"
            : kind == typeof(ClassDistances) ? "a list with a list of numbers for each class"
            : kind == typeof(ClassSelection) ? "All, WithoutBackground or a list of classes"
            : kind == typeof(IReadOnlyList<long>) ? "a list of whole numbers"
            : kind == typeof(IReadOnlyList<double>) ? "a list of numbers"
            : kind == typeof(Schedule) ? "a number, { from, to, epochs } or { initial, factor, every, max }"
            : $"a {kind.Name}";
        return new ArgumentException($"the setting '{setting}' of {loss} must be {expected}, but it is '{(value is null or JsonElement { ValueKind: JsonValueKind.Null } ? "null" : value)}'.", nameof(value));
    }

    private static string? Text(object value) => value is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString() : value as string;

    private static double Number(object? value) => value is JsonElement json ? json.GetDouble() : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static long Whole(object? value)
    {
        var number = value is JsonElement json ? json.GetDecimal() : Convert.ToDecimal(value, CultureInfo.InvariantCulture);
        return number == decimal.Truncate(number) ? (long)number : throw new FormatException();
    }

    private static object Named(Type type, object value) =>
        Text(value) is { } text && Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse(type, text, ignoreCase: true) : throw new FormatException();

    private static IEnumerable<object?> List(object value) =>
        value is JsonElement json ? json.EnumerateArray().Select(item => (object?)item)
        : value is IEnumerable items and not string ? items.Cast<object?>()
        : throw new FormatException();

    private static ClassSelection ToSelection(object value) => Text(value)?.ToUpperInvariant() switch
    {
        "ALL" => ClassSelection.All,
        "WITHOUTBACKGROUND" => ClassSelection.WithoutBackground,
        null => ClassSelection.Of([.. List(value).Select(Whole)]),
        _ => throw new FormatException(),
    };

    private static ClassDistances ToDistances(object value)
    {
        double[][] rows = [.. List(value).Select(row => List(row ?? throw new FormatException()).Select(Number).ToArray())];
        var matrix = new double[rows.Length, rows.Length];
        for (var j = 0; j < rows.Length; j++)
        {
            for (var k = 0; k < rows.Length; k++)
            {
                matrix[j, k] = rows[j].Length == rows.Length ? rows[j][k] : throw new FormatException();
            }
        }

        return ClassDistances.Of(matrix);
    }

    private static Schedule ToSchedule(object value)
    {
        if (value is not JsonElement { ValueKind: JsonValueKind.Object } json)
        {
            return Schedule.Constant(Number(value));
        }

        var given = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in json.EnumerateObject())
        {
            given[property.Name] = given.ContainsKey(property.Name) ? throw new FormatException() : property.Value;
        }

        var isLinear = given.ContainsKey("from");
        if (given.Keys.Except(isLinear ? Linear : Step, StringComparer.OrdinalIgnoreCase).Any())
        {
            throw new FormatException();
        }

        return isLinear
            ? Schedule.Linear(given["from"].GetDouble(), given["to"].GetDouble(), given["epochs"].GetInt32())
            : Schedule.Step(
                given["initial"].GetDouble(),
                given["factor"].GetDouble(),
                given["every"].GetInt32(),
                given.TryGetValue("max", out var max) ? max.GetDouble() : double.PositiveInfinity);
    }
}
