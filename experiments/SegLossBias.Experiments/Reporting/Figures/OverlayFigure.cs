using System.Globalization;
using SkiaSharp;

namespace SegLossBias.Experiments.Reporting;

/// <summary>Figure 5 of Liu et al.: the same cases for every loss, with truth and prediction laid over them.</summary>
internal static class OverlayFigure
{
    private const int Gap = 10;
    private const int Caption = 24;
    private const int NameRow = 30;
    private const int LegendRow = 26;
    private const int MostWidth = 2400;
    private const int LeastWidth = 640;
    private const int LeastColumn = 150;

    /// <summary>Draws the losses that have a run of the first seed; wraps them where they do not fit side by side.</summary>
    /// <returns>Whether there was anything to draw; what is left out is named in <paramref name="notes"/>.</returns>
    public static bool Save(ExperimentResults results, string folder, string file, List<string> notes)
    {
        var seed = results.Settings.Seeds[0];
        var runs = results.Settings.Losses.Select(loss => new RunKey(loss, seed))
            .Where(key => results.Runs.Any(run => run.Loss == key.Loss.Text && run.Seed == seed)).ToArray();
        if (runs.Length == 0)
        {
            notes.Add(FormattableString.Invariant($"figure-5.png: left out: seed {seed} has no finished run"));
            return false;
        }

        var shown = ShownPicture.Load(folder, notes);
        if (shown.Count > 0)
        {
            Draw(results, folder, file, notes, runs, shown);
        }

        foreach (var item in shown)
        {
            item.Dispose();
        }

        return shown.Count > 0;
    }

    private static void Draw(
        ExperimentResults results, string folder, string file, List<string> notes, RunKey[] runs, IReadOnlyList<ShownPicture> shown)
    {
        var measured = results.Runs.First(run => run.Seed == runs[0].Seed);
        var colours = new OverlayColours(measured.Classes, shown.Any(item => item.Truth.Labels.Any(label => label >= measured.Classes.Count)));
        var column = Gap + Math.Max(LeastColumn, shown.Max(item => item.PanelWidth));
        var fitting = Math.Max(1, ((MostWidth - Gap) / column) - 2);
        var blocks = runs.Chunk((runs.Length + ((runs.Length + fitting - 1) / fitting) - 1) / ((runs.Length + fitting - 1) / fitting)).ToArray();
        var width = Math.Max(LeastWidth, Gap + (column * (2 + blocks[0].Length)));
        string[] title =
        [
            $"{(measured.Test.Any(result => result.Name == shown[0].Case.Name) ? "Test" : "Validation")} cases after the last epoch, seed {measured.Seed.ToString(CultureInfo.InvariantCulture)}",
            "below each: " + (measured.FirstMeasured > 0 ? "share of foreground, " : "") + "DSC" + (measured.Classes.Count > 2 ? " (mean over the classes that occur)" : ""),
        ];
        var header = (title.Length * LegendRow) + Gap + Legend(null, colours, width, 0);
        var block = NameRow + shown.Sum(item => item.PanelHeight + Caption + Gap);
        using var bitmap = new SKBitmap(width, header + (block * blocks.Length));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        for (var line = 0; line < title.Length; line++)
        {
            PictureText.Draw(canvas, title[line], Gap, 24 + (line * LegendRow), 17, line == 0 ? PictureText.Bold : PictureText.Regular);
        }

        Legend(canvas, colours, width, (title.Length * LegendRow) + Gap);
        for (var i = 0; i < blocks.Length; i++)
        {
            Block(canvas, header + (i * block), column, blocks[i], shown, colours, folder, measured, notes);
        }

        FigureFile.Save(file, bitmap);
    }

    private static void Block(
        SKCanvas canvas, int top, int column, RunKey[] runs, IReadOnlyList<ShownPicture> shown, OverlayColours colours, string folder, RunResult measured, List<string> notes)
    {
        var (first, classes) = (measured.FirstMeasured, measured.Classes.Count);
        void Text(string text, int place, int y, int size, SKTypeface typeface) =>
            PictureText.Draw(canvas, Fit(text, column - Gap, size, typeface), Gap + (place * column), y, size, typeface);

        foreach (var (place, name) in runs.Select(run => run.Loss.Label).Prepend("truth").Prepend("picture").Index())
        {
            Text(name, place, top + NameRow - 8, 16, PictureText.Bold);
        }

        var y = top + NameRow;
        foreach (var item in shown)
        {
            var caption = y + item.PanelHeight + 17;
            item.Draw(canvas, Gap, y, colours, null);
            Text(item.Case.Label, 0, caption, 13, PictureText.Regular);
            item.Draw(canvas, Gap + column, y, colours, item.Truth);
            Text(first > 0 ? Share(item.Truth.Compare(item.Truth, first, classes)) : "", 1, caption, 13, PictureText.Regular);
            foreach (var (i, run) in runs.Index())
            {
                if (item.Prediction(folder, run) is { } predicted)
                {
                    var counts = item.Truth.Compare(predicted, first, classes);
                    item.Draw(canvas, Gap + ((i + 2) * column), y, colours, predicted);
                    Text($"{(first > 0 ? Share(counts) + ", " : "")}DSC {Percent(Dice(counts), "0.0")}", i + 2, caption, 13, PictureText.Regular);
                }
                else
                {
                    Text("no prediction", i + 2, caption, 13, PictureText.Regular);
                    notes.Add($"figure-5.png: {run}, {item.Case.Label} is left out: {item.PredictionFile(folder, run)} is missing, broken or of another size");
                }
            }

            y += item.PanelHeight + Caption + Gap;
        }
    }

    /// <summary>Swatches with their meanings, in as many rows as the width needs.</summary>
    /// <returns>The height of those rows.</returns>
    private static int Legend(SKCanvas? canvas, OverlayColours colours, int width, int top)
    {
        var (x, row) = ((float)Gap, 0);
        foreach (var (colour, meaning) in colours.Meanings)
        {
            var length = 24 + PictureText.Measure(meaning, 15, PictureText.Regular) + 24;
            if (x > Gap && x + length > width)
            {
                (x, row) = (Gap, row + 1);
            }

            using var paint = new SKPaint { Color = colour };
            canvas?.DrawRect(x, top + (row * LegendRow), 17, 17, paint);
            if (canvas is not null)
            {
                PictureText.Draw(canvas, meaning, x + 24, top + (row * LegendRow) + 14, 15, PictureText.Regular);
            }

            x += length;
        }

        return (row + 1) * LegendRow;
    }

    /// <summary>Mean over the classes that occur in truth or prediction; 1 where none does.</summary>
    private static double Dice(IReadOnlyList<OverlapCounts> classes) =>
        classes.Where(counts => counts.Empty != EmptyCase.Both).Select(counts => counts.Dice).DefaultIfEmpty(1).Average();

    private static string Share(IReadOnlyList<OverlapCounts> classes) =>
        Percent((double)classes.Sum(counts => counts.PredictedSize) / Math.Max(1, classes[0].ValidSize), "0.00");

    private static string Percent(double share, string format) => (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";

    /// <summary>The end of a text that is too long: names differ there.</summary>
    private static string Fit(string text, int width, int size, SKTypeface typeface)
    {
        var fitting = text;
        for (var cut = 1; cut < text.Length && PictureText.Measure(fitting, size, typeface) > width; cut++)
        {
            fitting = "…" + text[cut..];
        }

        return fitting;
    }
}
