using ScottPlot;
using SkiaSharp;

namespace SegLossBias.Training;

/// <summary>The font of all pictures, carried by the program: bare machines have none.</summary>
internal sealed class PictureText : IFontResolver
{
    private const string Family = "DejaVu Sans";

    public static SKTypeface Regular { get; } = Load("DejaVuSans.ttf");

    public static SKTypeface Bold { get; } = Load("DejaVuSans-Bold.ttf");

    /// <summary>Makes ScottPlot use it for every label.</summary>
    public static void UseInPlots()
    {
        Fonts.FontResolvers.Insert(0, new PictureText());
        Fonts.Default = Family;
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => bold ? Bold : Regular;

    private static SKTypeface Load(string resource)
    {
        using var stream = typeof(PictureText).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the font {resource} is not part of the program");
        return SKTypeface.FromStream(stream);
    }
}
