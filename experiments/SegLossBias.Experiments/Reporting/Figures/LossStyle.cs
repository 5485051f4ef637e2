using ScottPlot;

namespace SegLossBias.Experiments.Reporting;

/// <summary>How a loss is drawn, in every figure of an experiment.</summary>
/// <param name="Colour">Of lines and areas.</param>
/// <param name="Marker">Of points: different for losses whose colours could be mixed up.</param>
/// <param name="Line">Of curves: likewise.</param>
internal readonly record struct LossStyle(Color Colour, MarkerShape Marker, LinePattern Line)
{
    private static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp,
        MarkerShape.FilledDiamond, MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle,
        MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.OpenDiamond, MarkerShape.OpenTriangleDown,
        MarkerShape.Eks, MarkerShape.Cross,
    ];

    private static readonly LinePattern[] Lines = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted];

    public static LossStyle Of(int index) =>
        new(Palette.Of(index), Markers[index % Markers.Length], Lines[index / (Palette.Count / 2) % Lines.Length]);

    /// <summary>A style for each loss: its own, or, where there are more losses than colours, a shade of its name's.</summary>
    public static IReadOnlyList<LossStyle> For(IReadOnlyList<LossSpec> losses)
    {
        if (losses.Count <= Palette.Count)
        {
            return [.. losses.Select((_, index) => Of(index))];
        }

        var names = losses.Select(loss => loss.Name).Distinct().ToArray();
        return [.. losses.Select((loss, index) =>
        {
            var variants = losses.Count(other => other.Name == loss.Name);
            var rank = losses.Take(index).Count(other => other.Name == loss.Name);
            var style = Of(Array.IndexOf(names, loss.Name));
            return style with { Colour = Shade(style.Colour, variants == 1 ? 0 : ((double)rank / (variants - 1)) - 0.5) };
        })];
    }

    /// <param name="colour">The colour at 0.</param>
    /// <param name="light">−1 is white, 1 is black.</param>
    private static Color Shade(Color colour, double light)
    {
        var (target, share) = light < 0 ? (Colors.White, -light) : (Colors.Black, light);
        byte Mix(byte from, byte to) => (byte)Math.Round(from + (share * (to - from)));
        return new(Mix(colour.R, target.R), Mix(colour.G, target.G), Mix(colour.B, target.B));
    }
}
