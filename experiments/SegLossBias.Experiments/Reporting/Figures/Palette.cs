using ScottPlot;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Twelve colours that colour-blind readers tell apart too, after Okabe and Ito (first six) and Tol; none is black, which is the truth's.</summary>
internal static class Palette
{
    private static readonly string[] Colours =
    [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
        "#882255", "#7F7F7F", "#332288", "#999933", "#661100", "#AA4499",
    ];

    public static int Count => Colours.Length;

    public static Color Of(int index) => Color.FromHex(Colours[index % Colours.Length]);
}
