using System.Globalization;
using SkiaSharp;

namespace SegLossBias.Training;

/// <summary>The same validation pictures for every loss, with truth and prediction laid over them.</summary>
internal static class Overlays
{
    private const int Gap = 10;
    private const int Caption = 24;
    private const int Header = 100;

    private static readonly SKColor Correct = new(0, 230, 118);
    private static readonly SKColor Spurious = new(255, 0, 200);
    private static readonly SKColor Missed = new(64, 196, 255);

    /// <summary>Pictures at evenly spread ranks of foreground size, so that small and large regions both appear.</summary>
    public static int[] Choose(PictureSet pictures, int count)
    {
        var sizes = pictures.ForegroundProportions();
        var order = Enumerable.Range(0, pictures.Count).OrderBy(i => sizes[i]).ToArray();
        var rows = Math.Min(count, order.Length);
        return [.. Enumerable.Range(0, rows).Select(row => order[(int)((row + 0.5) * order.Length / rows)])];
    }

    public static void Save(Results results, string file)
    {
        var pictures = results.Data.Validation;
        var runs = results.Runs.Where(run => run.Seed == results.Settings.Seeds[0]).ToArray();
        var scale = Math.Max(1, (int)Math.Round(176.0 / pictures.Size));
        var panel = pictures.Size * scale;
        var width = Gap + ((runs.Length + 2) * (panel + Gap));
        using var bitmap = new SKBitmap(width, Header + (results.Shown.Count * (panel + Caption + Gap)));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        Legend(canvas);
        string[] titles = ["picture", "truth", .. runs.Select(run => run.Loss)];
        for (var column = 0; column < titles.Length; column++)
        {
            PictureText.Draw(canvas, titles[column], Gap + (column * (panel + Gap)), Header - 10, 17, PictureText.Bold);
        }

        for (var row = 0; row < results.Shown.Count; row++)
        {
            var index = results.Shown[row];
            var y = Header + (row * (panel + Caption + Gap));
            var (pixels, truth) = pictures.Picture(index);
            var share = Percent((double)truth.Count(v => v == 1) / truth.Length);
            Panel(canvas, pixels, null, null, pictures.Size, Gap, y, panel);
            PictureText.Draw(canvas, Shorten(pictures.Names[index], panel), Gap, y + panel + 18, 13, PictureText.Regular);
            Panel(canvas, pixels, truth, truth, pictures.Size, (2 * Gap) + panel, y, panel);
            PictureText.Draw(canvas, $"{share} of the pixels", (2 * Gap) + panel, y + panel + 18, 13, PictureText.Regular);
            for (var column = 0; column < runs.Length; column++)
            {
                var (x, counts) = (Gap + ((column + 2) * (panel + Gap)), runs[column].Validation[index]);
                Panel(canvas, pixels, truth, runs[column].Masks[index], pictures.Size, x, y, panel);
                PictureText.Draw(canvas, $"{Percent(counts.PredictedProportion)}, DSC {Percent(counts.Dice, "0")}", x, y + panel + 18, 13, PictureText.Regular);
            }
        }

        using var stream = File.Create(file);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
    }

    private static void Legend(SKCanvas canvas)
    {
        PictureText.Draw(canvas, "Validation pictures after the last epoch: share of predicted foreground and Dice below each", Gap, 28, 17, PictureText.Regular);
        float x = Gap;
        foreach (var (colour, meaning) in new[] { (Correct, "truth and prediction agree"), (Spurious, "predicted, not true"), (Missed, "true, not predicted") })
        {
            using var paint = new SKPaint { Color = colour };
            canvas.DrawRect(x, 42, 18, 18, paint);
            x += 24;
            x += PictureText.Draw(canvas, meaning, x, 57, 16, PictureText.Regular) + 24;
        }
    }

    /// <summary>Draws a picture (RGB or grey planes) with the two masks coloured in, every pixel a square.</summary>
    private static void Panel(SKCanvas canvas, byte[] pixels, byte[]? truth, byte[]? predicted, int size, float x, float y, int panel)
    {
        using var picture = new SKBitmap(size, size);
        var area = size * size;
        for (var i = 0; i < area; i++)
        {
            var grey = pixels.Length == area;
            var colour = new SKColor(pixels[i], pixels[grey ? i : area + i], pixels[grey ? i : (2 * area) + i]);
            var tint = (truth?[i], predicted?[i]) switch
            {
                (1, 1) => Correct,
                (0, 1) => Spurious,
                (1, 0) => Missed,
                _ => (SKColor?)null,
            };
            picture.SetPixel(i % size, i / size, tint is { } over ? Mix(colour, over) : colour);
        }

        using var image = SKImage.FromBitmap(picture);
        canvas.DrawImage(image, SKRect.Create(x, y, panel, panel), new SKSamplingOptions(SKFilterMode.Nearest));
    }

    private static SKColor Mix(SKColor under, SKColor over)
    {
        static byte Half(byte a, byte b) => (byte)((0.35 * a) + (0.65 * b));
        return new SKColor(Half(under.Red, over.Red), Half(under.Green, over.Green), Half(under.Blue, over.Blue));
    }

    private static string Shorten(string name, int panel) =>
        name.Length <= panel / 8 ? name : "…" + name[^((panel / 8) - 1)..];

    private static string Percent(double share, string format = "0.00") =>
        (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";
}
