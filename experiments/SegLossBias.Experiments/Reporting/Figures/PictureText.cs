using ScottPlot;
using SkiaSharp;

namespace SegLossBias.Experiments.Reporting;

/// <summary>The font of all pictures, carried by the program: bare machines have none.</summary>
internal sealed class PictureText : IFontResolver
{
    private const string Family = "DejaVu Sans";

    private static readonly Lazy<bool> InUse = new(Install);

    public static SKTypeface Regular { get; } = Load("DejaVuSans.ttf");

    public static SKTypeface Bold { get; } = Load("DejaVuSans-Bold.ttf");

    /// <summary>Makes ScottPlot use it for every label, from the first call on.</summary>
    public static void UseInPlots() => _ = InUse.Value;

    /// <summary>Draws one line of text from its left end on the base line.</summary>
    /// <returns>Its width in pixels.</returns>
    public static float Draw(SKCanvas canvas, string text, float x, float y, float size, SKTypeface typeface)
    {
        using var font = new SKFont(typeface, size) { Edging = SKFontEdging.Antialias };
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.DrawText(text, x, y, font, paint);
        return font.MeasureText(text);
    }

    /// <summary>The width of a line of text in pixels.</summary>
    public static float Measure(string text, float size, SKTypeface typeface)
    {
        using var font = new SKFont(typeface, size);
        return font.MeasureText(text);
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => bold ? Bold : Regular;

    private static bool Install()
    {
        Fonts.FontResolvers.Insert(0, new PictureText());
        Fonts.Default = Family;
        return true;
    }

    private static SKTypeface Load(string resource)
    {
        using var stream = typeof(PictureText).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the font {resource} is not part of the program");
        return SKTypeface.FromStream(stream);
    }
}
