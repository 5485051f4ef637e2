namespace SegLossBias.Experiments.Common;

/// <summary>Which classes are measured: all, but for a first one called background.</summary>
internal static class MeasuredClasses
{
    /// <summary>The name, in any case, of a first class that is not measured.</summary>
    public const string Background = "background";

    /// <summary>The first class that is measured: 1 where class 0 is background, else 0.</summary>
    /// <param name="classes">Names of all classes.</param>
    public static int First(IReadOnlyList<string> classes) =>
        string.Equals(classes[0], Background, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
}
