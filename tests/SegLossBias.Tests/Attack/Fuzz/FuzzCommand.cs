using System.Globalization;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary><c>fuzz [COUNT] [--seed S]</c> and <c>fuzz --replay SEED:CASE</c>.</summary>
internal static class FuzzCommand
{
    private const int UsualCount = 5000;

    internal static int Run(string[] arguments)
    {
        var (count, seed, first) = (UsualCount, (ulong)Random.Shared.NextInt64(1, 1_000_000), 0);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--seed":
                    seed = Number<ulong>(arguments, ++i);
                    break;
                case "--replay":
                    var parts = i + 1 < arguments.Length ? arguments[++i].Split(':') : [];
                    (seed, first, count) = parts.Length == 2 ? (Number<ulong>(parts, 0), Number<int>(parts, 1), 1) : throw new ArgumentException("--replay takes SEED:CASE, as a failed run prints it.");
                    break;
                default:
                    count = Number<int>(arguments, i);
                    break;
            }
        }

        Console.WriteLine(FormattableString.Invariant($"{count} cases from seed {seed}"));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var fuzzer = new Fuzzer(seed) { Failed = failure => Console.WriteLine(failure), Progress = done => Console.Error.WriteLine(FormattableString.Invariant($"  {done} of {count}, {watch.Elapsed.TotalSeconds:F0} s")) };
        var failures = fuzzer.Run(first, count);
        if (count == 1)
        {
            Console.WriteLine(fuzzer.LastInput);
        }

        Console.WriteLine(FormattableString.Invariant($"{count} cases, {failures} failed, {watch.Elapsed.TotalSeconds:F0} s"));
        return failures == 0 ? 0 : 1;
    }

    private static T Number<T>(string[] arguments, int index)
        where T : IParsable<T> =>
        index < arguments.Length && T.TryParse(arguments[index], CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException("fuzz takes a number of cases, --seed S and --replay SEED:CASE.");
}
