using SkiaSharp;

namespace SegLossBias.Experiments.Reporting;

/// <summary>A shown case with its picture and its truth.</summary>
internal sealed record ShownPicture(int Index, ShownCase Case, SKBitmap Picture, LabelMap Truth) : IDisposable
{
    /// <summary>The longer side of a panel is about this long, in pixels.</summary>
    private const int Side = 200;

    /// <summary>A whole number for small pictures, so that every pixel is a square.</summary>
    private double Scale
    {
        get
        {
            var exact = (double)Side / Math.Max(Picture.Width, Picture.Height);
            return exact < 1 ? exact : Math.Round(exact);
        }
    }

    public int PanelWidth => (int)Math.Max(1, Math.Round(Picture.Width * Scale));

    public int PanelHeight => (int)Math.Max(1, Math.Round(Picture.Height * Scale));

    /// <summary>The cases of <c>shown/</c> that can be read; the files that cannot are named in <paramref name="notes"/>.</summary>
    public static IReadOnlyList<ShownPicture> Load(string folder, List<string> notes)
    {
        var list = Path.Combine(folder, ShownCases.Folder, ShownCases.ListFile);
        if (!File.Exists(list))
        {
            notes.Add($"figure-5.png: left out: there is no {list}");
            return [];
        }

        List<ShownCase> cases;
        try
        {
            cases = ResultFolder.Read<List<ShownCase>>(list);
        }
        catch (UserError unreadable)
        {
            notes.Add($"figure-5.png: left out: {unreadable.Message}");
            return [];
        }

        var shown = new List<ShownPicture>();
        foreach (var (index, item) in cases.Index())
        {
            var image = Path.Combine(folder, ShownCases.Folder, ShownCases.ImageFile(index));
            var mask = Path.Combine(folder, ShownCases.Folder, ShownCases.TruthFile(index));
            var picture = PngFile.Read(image);
            var truth = LabelMap.Read(mask);
            if (picture is not null && truth is not null && (picture.Width, picture.Height) == (truth.Width, truth.Height))
            {
                shown.Add(new(index, item, picture, truth));
                continue;
            }

            picture?.Dispose();
            notes.Add($"figure-5.png: {item.Label} is left out: {image} and {mask} are not two pictures of one size");
        }

        return shown;
    }

    /// <summary>What a run predicted, or null where that is missing, broken or of another size.</summary>
    public LabelMap? Prediction(string folder, RunKey run) =>
        LabelMap.Read(PredictionFile(folder, run)) is { } mask && (mask.Width, mask.Height) == (Truth.Width, Truth.Height) ? mask : null;

    public string PredictionFile(string folder, RunKey run) =>
        Path.Combine(ResultFolder.RunFolder(folder, run), ShownCases.MaskFolder, ShownCases.MaskFile(Index));

    /// <summary>Draws the picture, tinted by a prediction if there is one.</summary>
    public void Draw(SKCanvas canvas, float x, float y, OverlayColours colours, LabelMap? predicted)
    {
        using var tinted = Picture.Copy();
        var rgba = tinted.GetPixelSpan();
        for (var i = 0; predicted is not null && i < Truth.Labels.Length; i++)
        {
            if (colours.Tint(Truth.Labels[i], predicted.Labels[i]) is { } tint)
            {
                Mix(rgba[(4 * i)..], tint);
            }
        }

        using var image = SKImage.FromBitmap(tinted);
        canvas.DrawImage(image, SKRect.Create(x, y, PanelWidth, PanelHeight),
            Scale >= 1 ? new SKSamplingOptions(SKFilterMode.Nearest) : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    public void Dispose() => Picture.Dispose();

    private static void Mix(Span<byte> rgba, SKColor over)
    {
        static byte Part(byte a, byte b) => (byte)((0.35 * a) + (0.65 * b));
        (rgba[0], rgba[1], rgba[2]) = (Part(rgba[0], over.Red), Part(rgba[1], over.Green), Part(rgba[2], over.Blue));
    }
}
