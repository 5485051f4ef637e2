using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Checks of settings; the messages say what must hold, what came and what is usual.</summary>
internal static class SettingCheck
{
    internal static double NotNegative(double value, string meaning, [CallerMemberName] string name = "") =>
        value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{meaning} must be finite and not negative.");

    internal static double? NotNegative(double? value, string meaning, [CallerMemberName] string name = "") =>
        value is { } number ? NotNegative(number, meaning, name) : null;

    internal static double Positive(double value, string meaning, [CallerMemberName] string name = "") =>
        value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{meaning} must be positive and finite.");

    /// <summary>A number in [0, 1].</summary>
    internal static double Share(double value, string meaning, string usual = "", [CallerMemberName] string name = "") =>
        value is >= 0 and <= 1 ? value : throw OutOf("[0, 1]", value, meaning, usual, name);

    /// <summary>A number in [0, 1], or none.</summary>
    internal static double? Share(double? value, string meaning, string usual = "", [CallerMemberName] string name = "") =>
        value is { } number ? Share(number, meaning, usual, name) : null;

    /// <summary>A number in (0, 1].</summary>
    internal static double PositiveShare(double value, string meaning, string usual = "", [CallerMemberName] string name = "") =>
        value is > 0 and <= 1 ? value : throw OutOf("(0, 1]", value, meaning, usual, name);

    /// <summary>A number in (0, 1], or none.</summary>
    internal static double? PositiveShare(double? value, string meaning, string usual = "", [CallerMemberName] string name = "") =>
        value is { } number ? PositiveShare(number, meaning, usual, name) : null;

    /// <summary>A number in [0, 1).</summary>
    internal static double BelowOne(double value, string meaning, string usual = "", [CallerMemberName] string name = "") =>
        value is >= 0 and < 1 ? value : throw OutOf("[0, 1)", value, meaning, usual, name);

    /// <summary>An enum can hold any number; only those with a name are let in.</summary>
    internal static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {typeof(T).Name} ({string.Join(", ", Enum.GetNames<T>())}), but it is {value:D}; pass one of these.");

    internal static T NotNull<T>(T? value, [CallerMemberName] string name = "")
        where T : class => value ?? throw new ArgumentNullException(name, $"{name} must not be null; leave it out for its default.");

    private static ArgumentOutOfRangeException OutOf(string range, double value, string meaning, string usual, string name) =>
        new(name, value, $"{meaning} must lie in {range}{(usual.Length == 0 ? "" : $"; {usual}")}.");
}
