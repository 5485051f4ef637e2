using SkiaSharp;

namespace SegLossBias.Training;

/// <summary>How masks tint a picture: right and wrong for two classes, the predicted class for more.</summary>
internal sealed class OverlayColours
{
    public static readonly SKColor Correct = new(0, 230, 118);
    public static readonly SKColor Spurious = new(255, 0, 200);
    public static readonly SKColor Missed = new(64, 196, 255);
    public static readonly SKColor Ignored = new(128, 128, 128);

    private readonly SKColor[] _classes;

    /// <param name="names">Of all classes, background first.</param>
    /// <param name="ignored">Whether some pixels are ignored.</param>
    public OverlayColours(IReadOnlyList<string> names, bool ignored)
    {
        var foreground = names.Count - 1;
        _classes = [.. Enumerable.Range(0, foreground).Select(i => SKColor.FromHsv(360f * i / foreground, 90, i % 2 == 0 ? 100 : 75))];
        IEnumerable<(SKColor, string)> meanings = names.Count == 2
            ? [(Correct, "truth and prediction agree"), (Spurious, "predicted, not true"), (Missed, "true, not predicted")]
            : _classes.Zip(names.Skip(1));
        Meanings = [.. meanings, .. ignored ? [(Ignored, "ignored")] : Array.Empty<(SKColor, string)>()];
    }

    /// <summary>The legend.</summary>
    public IReadOnlyList<(SKColor Colour, string Meaning)> Meanings { get; }

    /// <summary>The tint of a pixel, or null where the picture shows.</summary>
    public SKColor? Tint(byte truth, byte predicted)
    {
        if (truth > _classes.Length)
        {
            return Ignored;
        }

        return _classes.Length > 1 ? Class(predicted) : (truth, predicted) switch
        {
            (0, 0) => null,
            (0, _) => Spurious,
            (_, 0) => Missed,
            _ => Correct,
        };
    }

    private SKColor? Class(byte label) => label > 0 && label <= _classes.Length ? _classes[label - 1] : null;
}
