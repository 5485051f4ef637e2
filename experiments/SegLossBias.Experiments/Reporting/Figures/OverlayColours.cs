using SkiaSharp;

namespace SegLossBias.Experiments.Reporting;

/// <summary>How masks tint a picture: right and wrong for one class and background, else the predicted class.</summary>
internal sealed class OverlayColours
{
    public static readonly SKColor Correct = new(0, 230, 118);
    public static readonly SKColor Spurious = new(255, 0, 200);
    public static readonly SKColor Missed = new(64, 196, 255);
    public static readonly SKColor Ignored = new(128, 128, 128);

    private readonly SKColor[] _classes;
    private readonly int _first;

    /// <param name="names">Of all classes; a first one called background has no colour.</param>
    /// <param name="ignored">Whether some pixels are ignored.</param>
    public OverlayColours(IReadOnlyList<string> names, bool ignored)
    {
        _first = MeasuredClasses.First(names);
        var measured = names.Count - _first;
        _classes = [.. Enumerable.Range(0, measured).Select(i => SKColor.FromHsv(360f * i / measured, 90, i % 2 == 0 ? 100 : 75))];
        IEnumerable<(SKColor, string)> meanings = measured == 1
            ? [(Correct, "truth and prediction agree"), (Spurious, "predicted, not true"), (Missed, "true, not predicted")]
            : _classes.Zip(names.Skip(_first));
        Meanings = [.. meanings, .. ignored ? [(Ignored, "ignored")] : Array.Empty<(SKColor, string)>()];
    }

    /// <summary>The legend.</summary>
    public IReadOnlyList<(SKColor Colour, string Meaning)> Meanings { get; }

    /// <summary>The tint of a pixel, or null where the picture shows.</summary>
    public SKColor? Tint(byte truth, byte predicted)
    {
        if (truth >= _first + _classes.Length)
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

    private SKColor? Class(byte label) => label >= _first && label < _first + _classes.Length ? _classes[label - _first] : null;
}
