using System.Diagnostics;
using SegLossBias.Benchmarks.Cases;
using SegLossBias.Benchmarks.Reporting;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>All shapes and losses within a given time; the small ones first, so that what they leave goes to the large ones.</summary>
internal static class QuickRun
{
    private static readonly string ResultFile = Path.Combine("artifacts", "bench", "quick.csv");

    public static void Run(Settings settings)
    {
        var clock = Stopwatch.StartNew();
        foreach (var line in Machine.Describe(settings))
        {
            Console.WriteLine($"# {line}");
        }

        Progress("peak memory ...");
        var memory = MemoryRun.OfCandidate(settings);
        QuickTable.PrintHeader();
        var results = Measure(settings, memory, clock);

        QuickTable.SaveCsv(results, ResultFile);
        if (settings.Table is { } table)
        {
            QuickTable.SaveMarkdown(results, table);
        }

        if (settings.Picture is { } picture)
        {
            QuickPicture.Save(results, settings.Backward, picture);
        }
    }

    /// <summary>The results in the order of the settings.</summary>
    private static List<QuickResult> Measure(Settings settings, Dictionary<(string Shape, string Loss), double> memory, Stopwatch clock)
    {
        var results = new List<QuickResult>();
        foreach (var shape in settings.Shapes.OrderBy(shape => shape.Elements))
        {
            using var scene = new Scene(shape, settings.Backward);
            using var small = new Scene(shape.Small(), differentiable: true);
            foreach (var loss in settings.Losses)
            {
                Progress($"{shape} {loss} ...");
                var left = (settings.Shapes.Length * settings.Losses.Length) - results.Count;
                var time = (TimeSpan.FromSeconds(settings.Seconds) - clock.Elapsed) / left;
                using var contest = new Contest(loss, scene, settings.Composed);
                contest.WarmUp(small);
                double? extra = memory.TryGetValue((shape.ToString(), loss), out var bytes) ? bytes : null;
                var result = new QuickResult(shape, loss, contest.Run(time), extra);
                QuickTable.Print(result);
                results.Add(result);
                GC.Collect();
            }
        }

        return [.. settings.Shapes.SelectMany(shape => results.Where(result => result.Shape == shape))];
    }

    private static void Progress(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(text);
        }
    }
}
