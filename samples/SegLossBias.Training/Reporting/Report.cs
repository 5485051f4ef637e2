using System.Text;
using static System.FormattableString;

namespace SegLossBias.Training;

/// <summary>Prints the final tables and writes tables, curves and pictures into the output folder.</summary>
internal static class Report
{
    private const string Definitions =
        "DSC and IoU: foreground, mean over pictures (a picture without true foreground counts 1 if none is predicted, else 0). "
        + "Pooled DSC: all pixels together. Size: foreground share of all pixels: true, predicted by the larger logit, "
        + "and soft by the mean probability; error: predicted over true size, less one. All after the last epoch; nothing is selected.";

    /// <returns>The files written, by name.</returns>
    public static IReadOnlyList<string> Write(Results results)
    {
        var tables = Tables(results);
        foreach (var table in tables)
        {
            table.Print();
        }

        var notes = results.Runs.Where(run => run.Note is not null)
            .Select(run => $"* {run.Loss}, seed {run.Seed}: {run.Note}; the values are those after epoch {run.Epochs.Count}")
            .Concat(results.Missing).ToArray();
        foreach (var note in notes.Append(Definitions))
        {
            Console.WriteLine(note);
        }

        string File(string name) => Path.Combine(results.Settings.Out, name);
        WriteText(File("results.md"), Markdown(results, tables, notes));
        WriteText(File("results.csv"), ResultsCsv(results));
        WriteText(File("epochs.csv"), EpochsCsv(results));
        WriteText(File("pictures.csv"), PicturesCsv(results));
        PictureText.UseInPlots();
        Charts.TrainingCurves(results, File("training-curves.png"));
        Charts.RegionSizes(results, File("region-sizes.png"));
        Overlays.Save(results, File("overlays.png"));
        return ["results.md", "results.csv", "epochs.csv", "pictures.csv", "training-curves.png", "region-sizes.png", "overlays.png"];
    }

    private static List<ResultTable> Tables(Results results)
    {
        var data = results.Data;
        var tables = new List<ResultTable> { ResultTable.Of($"validation, {data.Validation.Count} pictures", results, run => run.Validation) };
        if (results.Runs.Any(run => run.Test.Count > 0))
        {
            tables.Add(ResultTable.Of($"test, {data.Test!.Count} pictures", results, run => run.Test));
        }

        return tables;
    }

    private static string Markdown(Results results, List<ResultTable> tables, string[] notes)
    {
        var settings = results.Settings;
        var text = new StringBuilder("# Segmentation losses compared\n\n");
        text.Append(Invariant($"{results.Data.Origin}: {results.Data.Train.Count} training pictures of {settings.Size}×{settings.Size} pixels. "))
            .Append(Invariant($"U-Net of widths {string.Join(", ", settings.Widths)}; {settings.Epochs} epochs; batches of {settings.Batch}; "))
            .Append(Invariant($"Adam, learning rate {settings.LearningRate} falling to 0 along half a cosine; "))
            .Append(Invariant($"seeds {string.Join(", ", settings.Seeds)}; {settings.Device}. "))
            .Append("For one seed every loss starts from the same weights and sees the same batches.\n\n");
        foreach (var table in tables)
        {
            text.Append(table.ToMarkdown()).Append('\n');
        }

        foreach (var note in notes.Append(Definitions))
        {
            text.Append(note).Append("\n\n");
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string ResultsCsv(Results results)
    {
        var text = new StringBuilder("set,loss,seed,epochs,dsc,iou,pooled_dsc,pooled_iou,true_size,predicted_size,soft_size,size_error,seconds_per_epoch,note\n");
        foreach (var run in results.Runs)
        {
            foreach (var (set, pictures) in new[] { ("validation", run.Validation), ("test", run.Test) })
            {
                if (pictures.Count == 0)
                {
                    continue;
                }

                var s = Score.Of(pictures);
                text.Append(Invariant($"{set},{run.Loss},{run.Seed},{run.Epochs.Count},{s.Dice:R},{s.Iou:R},{s.PooledDice:R},{s.PooledIou:R},"))
                    .Append(Invariant($"{s.TrueSize:R},{s.PredictedSize:R},{s.SoftSize:R},{s.SizeError:R},{run.SecondsPerEpoch:0.000},{run.Note}\n"));
            }
        }

        return text.ToString();
    }

    private static string EpochsCsv(Results results)
    {
        var text = new StringBuilder("loss,seed,epoch,train_loss,parts_of_last_batch,dsc,iou,true_size,predicted_size,soft_size,seconds\n");
        foreach (var run in results.Runs)
        {
            foreach (var e in run.Epochs)
            {
                text.Append(Invariant($"{run.Loss},{run.Seed},{e.Epoch},{e.TrainLoss:R},{e.Parts},{e.Validation.Dice:R},{e.Validation.Iou:R},"))
                    .Append(Invariant($"{e.Validation.TrueSize:R},{e.Validation.PredictedSize:R},{e.Validation.SoftSize:R},{e.Seconds:0.000}\n"));
            }
        }

        return text.ToString();
    }

    private static string PicturesCsv(Results results)
    {
        var text = new StringBuilder("set,loss,seed,picture,true_pixels,predicted_pixels,common_pixels,soft_pixels,all_pixels,dsc\n");
        foreach (var run in results.Runs)
        {
            AddPictures(text, "validation", run, results.Data.Validation, run.Validation);
            if (results.Data.Test is { } test)
            {
                AddPictures(text, "test", run, test, run.Test);
            }
        }

        return text.ToString();
    }

    private static void AddPictures(StringBuilder text, string set, Run run, PictureSet pictures, IReadOnlyList<Counts> counts)
    {
        for (var i = 0; i < counts.Count; i++)
        {
            var (both, truth, predicted, soft, pixels) = counts[i];
            text.Append(Invariant($"{set},{run.Loss},{run.Seed},\"{pictures.Names[i].Replace("\"", "\"\"", StringComparison.Ordinal)}\","))
                .Append(Invariant($"{truth},{predicted},{both},{soft:0.###},{pixels},{counts[i].Dice:R}\n"));
        }
    }

    private static void WriteText(string file, string text) => File.WriteAllText(file, text);
}
