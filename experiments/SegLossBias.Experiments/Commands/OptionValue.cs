using System.CommandLine.Parsing;
using System.Globalization;

namespace SegLossBias.Experiments.Commands;

/// <summary>Reads the value of an option, or says what it may be.</summary>
internal static class OptionValue
{
    public static int? Whole(ArgumentResult argument)
    {
        var text = Last(argument);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : Wrong<int>(
            argument, $"'{text}' is not a whole number{(text.TrimStart('-').Length > 0 && text.TrimStart('-').All(char.IsAsciiDigit) ? $" up to {int.MaxValue}" : "")}");
    }

    /// <summary>A comma is no decimal point and parts no thousands: 0,001 is not 1.</summary>
    public static double? Number(ArgumentResult argument) =>
        double.TryParse(Last(argument), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : Wrong<double>(argument, $"'{Last(argument)}' is not a number");

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public static T? Choice<T>(ArgumentResult argument)
        where T : struct, Enum => Enum.GetNames<T>().FirstOrDefault(name => string.Equals(name, Last(argument), StringComparison.OrdinalIgnoreCase)) is { } known
            ? Enum.Parse<T>(known)
            : Wrong<T>(argument, $"'{Last(argument)}' is not known; known are {string.Join(", ", Enum.GetNames<T>())}");

    private static string Last(ArgumentResult argument) => argument.Tokens[^1].Value;

    private static T? Wrong<T>(ArgumentResult argument, string why)
        where T : struct
    {
        argument.AddError($"{((OptionResult)argument.Parent!).Option.Name}: {why}");
        return null;
    }
}
