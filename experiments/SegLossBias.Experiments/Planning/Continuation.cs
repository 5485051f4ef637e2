namespace SegLossBias.Experiments.Planning;

/// <summary>Decides whether settings may go on in a folder that already holds results.</summary>
internal static class Continuation
{
    /// <returns>The settings to save: those given, with the losses and seeds that the folder already has in front.</returns>
    /// <exception cref="UserError">The folder holds results and <paramref name="resume"/> is false, or they were made with other settings.</exception>
    public static ExperimentSettings Settings(ExperimentSettings settings, string folder, bool resume)
    {
        if (!ResultFolder.HasSettings(folder))
        {
            return settings;
        }

        if (!resume)
        {
            throw new UserError($"--out: {folder} holds an experiment already; --resume goes on with it, another folder begins anew");
        }

        var before = ResultFolder.LoadSettings(folder);
        if (SettingsDifference.Find(before, settings, SettingsDifference.MayDiffer) is { } difference)
        {
            throw new UserError($"--resume: {folder} was made with {difference.Name} {difference.One}, not {difference.Other}; give the same settings or another --out");
        }

        return settings with { Losses = [.. before.Losses.Union(settings.Losses)], Seeds = [.. before.Seeds.Union(settings.Seeds)] };
    }

    /// <summary>Refuses data other than that of the results that the folder has.</summary>
    /// <param name="folder">Of an experiment, or empty.</param>
    /// <param name="data">What shall be trained on now.</param>
    /// <exception cref="UserError">A result was made with other cases.</exception>
    public static void RequireSameData(string folder, CaseSplits data)
    {
        var runs = ResultFolder.HasSettings(folder) ? ResultFolder.Load(folder).Runs : [];
        var now = DataFingerprint.Of(data);
        if (runs.FirstOrDefault(run => run.Data != now) is { } other)
        {
            throw new UserError($"--data: all runs of an experiment must have the same cases, but {other.Loss}, seed {other.Seed} in {folder} had {other.Data ?? "unknown ones"}"
                + $" and there are {now} now; give the same data (left-out.txt names what could not be used) or another --out");
        }
    }
}
