namespace SegLossBias.Training;

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
}
