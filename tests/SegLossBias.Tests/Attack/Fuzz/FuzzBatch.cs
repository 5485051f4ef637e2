using System.Globalization;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>A child process: runs cases one after the other and tells its parent of each before and after, so that the parent knows which one ended the process.</summary>
internal static class FuzzBatch
{
    internal const string Command = "fuzz-batch";

    /// <summary>Marks of the lines that the parent reads: a case begins, is right, is wrong.</summary>
    internal const char Begins = '>', Right = '.', Wrong = '!';

    /// <param name="arguments">Seed, first case, number of cases, and a planted fault or nothing.</param>
    internal static int Run(string[] arguments)
    {
        var (seed, first, count) = (ulong.Parse(arguments[0], CultureInfo.InvariantCulture), Whole(arguments[1]), Whole(arguments[2]));
        set_num_threads(1); // Inputs are small, and several children may run at once.
        var planted = arguments.Length > 3 ? arguments[3] : null;
        for (var number = first; number < first + count; number++)
        {
            var attempt = Attempts.Make(seed, number, planted);
            Tell(Begins, number, attempt.Input);
            var problem = attempt.Problem();
            Tell(problem is null ? Right : Wrong, number, problem ?? "");
        }

        File.Delete(EntryArguments.SomeFile);
        return 0;
    }

    private static void Tell(char mark, int number, string text)
    {
        Console.Out.WriteLine(FormattableString.Invariant($"{mark} {number} {text}"));
        Console.Out.Flush();
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
