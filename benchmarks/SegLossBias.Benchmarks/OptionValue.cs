using System.CommandLine.Parsing;
using System.Globalization;

namespace SegLossBias.Benchmarks;

/// <summary>Reads the value of an option, or says what it may be.</summary>
internal static class OptionValue
{
    public static int? Whole(ArgumentResult argument) =>
        int.TryParse(Last(argument), CultureInfo.InvariantCulture, out var number) ? number : Wrong<int>(argument, "is not a whole number");

    public static double Number(ArgumentResult argument) =>
        double.TryParse(Last(argument), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : Wrong<double>(argument, "is not a number") ?? double.NaN;

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public static T Choice<T>(ArgumentResult argument)
        where T : struct, Enum => Enum.GetNames<T>().FirstOrDefault(name => string.Equals(name, Last(argument), StringComparison.OrdinalIgnoreCase)) is { } known
            ? Enum.Parse<T>(known)
            : Wrong<T>(argument, $"is not known; known are {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}") ?? default;

    private static string Last(ArgumentResult argument) => argument.Tokens[^1].Value;

    private static T? Wrong<T>(ArgumentResult argument, string why)
        where T : struct
    {
        argument.AddError($"{((OptionResult)argument.Parent!).Option.Name}: '{Last(argument)}' {why}");
        return null;
    }
}
