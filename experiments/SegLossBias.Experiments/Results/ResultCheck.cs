using static System.FormattableString;

namespace SegLossBias.Experiments.Results;

/// <summary>What must hold of a result that was read: tables and figures rely on it.</summary>
internal static class ResultCheck
{
    /// <summary>Why a result cannot be used; null if it can.</summary>
    /// <param name="result">As its file has it.</param>
    /// <param name="run">Whose result it should be.</param>
    public static string? Flaw(RunResult result, RunKey run)
    {
        if ((result.Loss, result.Seed) != (run.Loss.Text, run.Seed))
        {
            return $"it is of {result.Loss}, seed {result.Seed}, not of {run}";
        }

        if (result.Classes.Count is < 2 or > byte.MaxValue || result.Classes.Any(name => name is null))
        {
            return Invariant($"it names {result.Classes.Count} classes; 2 to {byte.MaxValue} are possible");
        }

        if (result.Epochs.Index().FirstOrDefault(one => one.Item is null || one.Item.Epoch != one.Index + 1) is { Item: not null } wrong)
        {
            return Invariant($"epoch {wrong.Index + 1} is called {wrong.Item.Epoch}");
        }

        if (result.Best is { } best && !(best.Epoch >= 1 && best.Epoch <= result.Epochs.Count))
        {
            return Invariant($"its best epoch is {best.Epoch}, but it has {result.Epochs.Count}");
        }

        return result.Epochs.Contains(null!) ? "an epoch is null"
            : new[] { result.Validation, result.Test, result.Best?.Validation ?? [], result.Best?.Test ?? [] }.SelectMany(cases => cases).Select(item => Flaw(item, result)).FirstOrDefault(flaw => flaw is not null);
    }

    private static string? Flaw(CaseResult item, RunResult result)
    {
        if (item?.Classes is null || item.Classes.Contains(null!))
        {
            return $"the case {item?.Name ?? "null"} has no results";
        }

        var measured = Enumerable.Range(result.FirstMeasured, result.Classes.Count - result.FirstMeasured);
        var counts = item.Classes.SelectMany(one => new[] { one.TruePositives, one.FalsePositives, one.FalseNegatives, one.TrueNegatives });
        return !item.Classes.Select(one => one.Class).SequenceEqual(measured)
                ? Invariant($"the case {item.Name} has results of the classes {string.Join(", ", item.Classes.Select(one => one.Class))}, but those measured are {string.Join(", ", measured)}")
            : counts.Any(count => count < 0) || !(item.DiagonalMm >= 0) ? $"the case {item.Name} has a number below 0"
            : null;
    }
}
