using System.Diagnostics;
using System.Globalization;
using SegLossBias.Benchmarks.Cases;
using SegLossBias.Benchmarks.Eager;
using SegLossBias.Benchmarks.Reporting;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>Losses of all families beside cross_entropy and, where there is one, beside the same written by hand in TorchSharp, all in turn.</summary>
internal static class FamilyRun
{
    private const int FewestRounds = 3;

    private static readonly string ResultFile = Path.Combine("artifacts", "bench", "families.csv");
    private static readonly string[] Columns = ["shape", "family", "loss", "loss_ms", "ce_ms", "loss/ce", "hand_ms", "loss/hand"];
    private static readonly int[] Widths = [14, 10, 22, 9, 9, 9, 9, 9];

    public static void Run(Settings settings)
    {
        var cases = settings.Families;
        var clock = Stopwatch.StartNew();
        foreach (var line in Machine.Describe(settings))
        {
            Console.WriteLine($"# {line}");
        }

        Console.WriteLine("# " + Line(Columns));
        var rows = new List<string[]>();
        foreach (var shape in settings.Shapes.OrderBy(shape => shape.Elements))
        {
            using var scene = new Scene(shape, settings.Backward);
            using var small = new Scene(shape.Small(), differentiable: true);
            foreach (var row in cases)
            {
                var left = (settings.Shapes.Length * cases.Count) - rows.Count;
                var times = Measure(row, scene, small, (TimeSpan.FromSeconds(settings.Seconds) - clock.Elapsed) / left);
                rows.Add([shape.ToString(), row.Family, row.Name, Number(times[0]), Number(times[1]), Number(times[0] / times[1]), .. times.Length > 2 ? [Number(times[2]), Number(times[0] / times[2])] : (string[])["-", "-"]]);
                Console.WriteLine(Line(rows[^1]));
                GC.Collect();
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(ResultFile)!);
        File.WriteAllLines(ResultFile, [string.Join(',', Columns), .. rows.Select(row => string.Join(',', row))]);
    }

    /// <summary>Medians in milliseconds: of the loss, of cross_entropy and, where there is one, by hand.</summary>
    private static double[] Measure(FamilyCase row, Scene scene, Scene small, TimeSpan time)
    {
        Implementation[] contestants = [Implementation.OfFamily(row, scene.Logits.shape[1]), Implementation.CrossEntropy(), .. row.ByHand is null ? (Implementation[])[] : [Implementation.ByHand(row)]];
        try
        {
            if (row.ByHand is not null)
            {
                Agreement.Demand(row.Name, contestants[0], contestants[2], small);
            }

            return Rounds.Medians(contestants, scene, small, time, FewestRounds);
        }
        finally
        {
            Array.ForEach(contestants, contestant => contestant.Dispose());
        }
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Line(IReadOnlyList<string> fields) =>
        string.Join(' ', fields.Select((field, index) => index < 3 ? field.PadRight(Widths[index]) : field.PadLeft(Widths[index])));
}
