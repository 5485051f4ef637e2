using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Proportions that a user gives for the channels, and what must hold of them.</summary>
internal static class Proportions
{
    /// <summary>By how much rounding may move a sum of proportions.</summary>
    internal const double Tolerance = 1e-6;

    /// <exception cref="ArgumentException">A proportion is above 1.</exception>
    internal static ClassWeights? Checked(ClassWeights? value, [CallerMemberName] string name = "") => value is null || value.All(proportion => proportion <= 1)
        ? value
        : throw new ArgumentException($"{name} holds proportions of the valid pixels, each in [0, 1], but it is {value}; divide sizes in pixels by the pixels of an image.", name);

    /// <summary>The proportion of each region: of a background what its foreground leaves.</summary>
    /// <exception cref="ArgumentException">There is not one for each channel.</exception>
    internal static Formula Of(RegionSet regions, ClassWeights proportions, int channels, string name, string symbol)
    {
        proportions.EnsureOneForEach("channel", channels, $"a proportion {name}");
        return regions.Numbers((channel, isBackground) => isBackground ? 1 - proportions.Values[channel] : proportions.Values[channel], symbol);
    }
}
