using System.Globalization;

namespace SegLossBias.Tests.Attack.Soak;

/// <summary><c>soak [STEPS] [--minutes M] [--threads T] [--out FOLDER]</c>: trains until the steps or the minutes are over, and judges the memory.</summary>
internal static class SoakCommand
{
    private const long UsualSteps = 50_000;

    internal static int Run(string[] arguments)
    {
        var (steps, minutes, threads, folder) = (UsualSteps, double.PositiveInfinity, 8, Path.Combine("artifacts", "soak"));
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--minutes":
                    (steps, minutes) = (long.MaxValue, Number<double>(arguments, ++i));
                    break;
                case "--threads":
                    threads = Number<int>(arguments, ++i);
                    break;
                case "--out":
                    folder = ++i < arguments.Length ? arguments[i] : throw new ArgumentException("--out takes a folder.");
                    break;
                default:
                    steps = Number<long>(arguments, i);
                    break;
            }
        }

        set_num_threads(1);
        using var soak = new SoakRun(steps, TimeSpan.FromMinutes(Math.Min(minutes, 1e5)), threads)
        {
            Progress = sample => Console.Error.WriteLine(FormattableString.Invariant(
                $"  {sample.Seconds:F0} s, {sample.Steps} steps, {sample.ProcessMegabytes:F0} MB of the process, {sample.ManagedMegabytes:F0} MB managed, {sample.Handles} tensors")),
        };
        var samples = soak.Run();
        Directory.CreateDirectory(folder);
        SoakReport.WriteCsv(samples, Path.Combine(folder, "soak.csv"));
        SoakPicture.Save(samples, Path.Combine(folder, "soak.png"));
        var verdict = SoakVerdict.Of(samples, soak.HandlesLeft, soak.Problems);
        Console.WriteLine(verdict.Text);
        return verdict.IsGood ? 0 : 1;
    }

    private static T Number<T>(string[] arguments, int index)
        where T : IParsable<T> =>
        index < arguments.Length && T.TryParse(arguments[index], CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException("soak takes a number of steps, --minutes M, --threads T and --out FOLDER.");
}
