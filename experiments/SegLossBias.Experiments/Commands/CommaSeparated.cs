using System.Globalization;

namespace SegLossBias.Experiments.Commands;

/// <summary>Values separated by commas on the command line.</summary>
internal static class CommaSeparated
{
    public static string[] Items(string option, string text)
    {
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return items.Length > 0 ? items : throw UserError.Usage($"{option}: the list is empty");
    }

    public static int[] Whole(string option, string text) =>
        [.. Items(option, text).Select(item => int.TryParse(item, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw UserError.Usage($"{option}: '{item}' is not a whole number"))];

    public static double[] Numbers(string option, string text) =>
        [.. Items(option, text).Select(item => double.TryParse(item, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw UserError.Usage($"{option}: '{item}' is not a number"))];
}
