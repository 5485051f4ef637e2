using System.Globalization;
using SegLossBias.Benchmarks.Cases;
using SegLossBias.Benchmarks.Processes;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>Peaks of memory by shape, loss and implementation, one line each, in a process of its own.</summary>
internal static class MemoryRun
{
    private const int WarmUps = 3;
    private const int Repetitions = 3;

    /// <summary>Above this size one repetition is enough: what else the process does is small beside it.</summary>
    private const long LargeBytes = 64 << 20;

    private const double Megabyte = 1e6;

    /// <summary>Measures and prints: shape loss implementation extra_MB extra/logits, or <c>-</c> where the system does not tell.</summary>
    public static void Print(Settings settings)
    {
        foreach (var shape in settings.Shapes)
        {
            using var small = new Scene(shape.Small(), settings.Backward);
            using var scene = new Scene(shape, settings.Backward);
            if (settings.Implementations.Any(name => name is "weighted" or "soft" or "soft_cross_entropy"))
            {
                // Made before anything is measured.
                _ = (scene.Weights, scene.SoftLabels);
            }

            foreach (var loss in settings.Losses)
            {
                foreach (var name in settings.Implementations.Where(name => name != "monai" || loss == "DiceCE"))
                {
                    using var implementation = Implementation.Create(name, loss);
                    var bytes = Measure(implementation, small, scene);
                    Console.WriteLine(bytes is { } extra
                        ? string.Create(CultureInfo.InvariantCulture, $"{shape} {loss} {name} {extra / Megabyte:F2} {(double)extra / shape.Bytes:F3}")
                        : $"{shape} {loss} {name} - -");
                }
            }
        }
    }

    /// <summary>Runs <see cref="Print"/> in another process and returns bytes by shape and loss; empty where unsupported.</summary>
    public static Dictionary<(string Shape, string Loss), double> OfCandidate(Settings settings) =>
        Other(settings.Shapes.Select(shape => shape.ToString()), settings.Losses, settings.Composed ? "composed" : "fused", settings.Backward, settings.Threads, []);

    /// <param name="shapes">Shapes.</param>
    /// <param name="losses">Losses.</param>
    /// <param name="implementation">Of <see cref="Implementation.Names"/>.</param>
    /// <param name="backward">Whether to differentiate.</param>
    /// <param name="threads">Threads of libtorch; null for its default.</param>
    /// <param name="variables">Further environment variables.</param>
    public static Dictionary<(string Shape, string Loss), double> Other(
        IEnumerable<string> shapes, IEnumerable<string> losses, string implementation, bool backward, int? threads, IEnumerable<KeyValuePair<string, string>> variables)
    {
        if (!PeakMemory.IsSupported)
        {
            return [];
        }

        string[] arguments =
        [
            "--memory", "--shapes", string.Join(',', shapes), "--losses", string.Join(',', losses), "--implementations", implementation,
            .. backward ? (string[])[] : ["--forward"],
            .. threads is { } number ? (string[])["--threads", number.ToString(CultureInfo.InvariantCulture)] : [],
        ];
        var environment = ProcessEnvironment.Memory(threads);
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return SelfProcess.Lines(environment, arguments).Select(line => line.Split(' ')).ToDictionary(
            fields => (fields[0], fields[1]), fields => Megabyte * double.Parse(fields[3], CultureInfo.InvariantCulture));
    }

    private static long? Measure(Implementation implementation, Scene small, Scene scene)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            implementation.Evaluate(small);
        }

        var repetitions = scene.Logits.numel() * sizeof(float) > LargeBytes ? 1 : Repetitions;
        var peaks = Enumerable.Range(0, repetitions).Select(_ => PeakMemory.Above(() => implementation.Evaluate(scene))).Order().ToArray();
        return peaks[repetitions / 2];
    }
}
