using ScottPlot;

namespace SegLossBias.Training;

/// <summary>One colour per curve, told apart by colour-blind readers too (Okabe and Ito).</summary>
internal static class Palette
{
    private static readonly string[] Colours =
        ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#8C564B", "#000000"];

    public static Color Of(int index) => Color.FromHex(Colours[index % Colours.Length]);
}
