namespace SegLossBias.Experiments.Planning;

/// <summary>Merges result folders of one experiment, such as the parts of a plan, into one.</summary>
internal static class Collector
{
    /// <summary>
    /// Copies every result, after all were checked. The target's losses and seeds are those of all folders in the order in
    /// which they appear, those of a plan first. Collecting the same again changes nothing.
    /// </summary>
    /// <param name="folders">One or more; each has an experiment.json.</param>
    /// <param name="into">The target; made if it is not there.</param>
    /// <exception cref="UserError">
    /// The folders are not of one experiment or not of the same data, a run is in two of them, a result differs from the target's, or a file is
    /// missing or damaged.
    /// </exception>
    public static CollectOutcome Collect(IReadOnlyList<string> folders, string into)
    {
        var sources = folders.Select(Path.GetFullPath).Where(folder => folder != Path.GetFullPath(into)).Distinct().Select(Read).ToArray();
        IReadOnlyList<Source> all = ResultFolder.HasSettings(into) ? [Read(into), .. sources] : sources;
        if (all.Count == 0)
        {
            throw UserError.Usage("there is no folder to collect from");
        }

        CheckSameExperiment(all);
        var settings = Union([.. all.OrderBy(source => IsPlan(source, all) ? 0 : 1)]);
        var runs = settings.Runs.ToArray();
        var found = runs.Select(run => (Run: run, Folder: Find(run, sources))).Where(pair => pair.Folder is not null)
            .Select(pair => (pair.Run, Folder: pair.Folder!, IsNew: IsNew(pair.Run, pair.Folder!, into))).ToArray();
        CheckSameData([
            .. runs.Where(run => ResultFolder.HasResult(into, run)).Select(run => (run, into)),
            .. found.Select(one => (one.Run, one.Folder))]);

        OutputFolder.Prepare(into);
        ResultFolder.SaveSettings(into, settings);
        if (sources.Select(source => Path.Combine(source.Folder, ShownCases.Folder)).FirstOrDefault(Directory.Exists) is { } shown)
        {
            CopyFolder(shown, Path.Combine(into, ShownCases.Folder));
        }

        foreach (var (run, folder, _) in found.Where(one => one.IsNew))
        {
            Copy(ResultFolder.RunFolder(folder, run), ResultFolder.RunFolder(into, run));
        }

        var results = ResultFolder.Load(into);
        return new(results, found.Count(one => one.IsNew), [.. results.Missing.Select(run => new RunGap(run, Reason(run, all)))]);
    }

    private static Source Read(string folder) => ResultFolder.HasSettings(folder)
        ? new(folder, ResultFolder.LoadSettings(folder))
        : throw new UserError($"{folder} has no experiment.json; give folders that a run or a plan wrote");

    private static void CheckSameExperiment(IReadOnlyList<Source> all)
    {
        foreach (var source in all.Skip(1))
        {
            if (SettingsDifference.Find(all[0].Settings, source.Settings, SettingsDifference.MayDiffer) is { } difference)
            {
                throw new UserError($"not one experiment: {difference.Name} is {difference.One} in {all[0].Folder}, but {difference.Other} in {source.Folder};"
                    + $" only {string.Join(", ", SettingsDifference.MayDiffer)} may differ");
            }
        }
    }

    private static void CheckSameData(IEnumerable<(RunKey Run, string Folder)> results)
    {
        var all = results.Select(one => (one.Run, one.Folder, ResultFolder.LoadResult(one.Folder, one.Run).Data)).ToArray();
        if (all.Where(one => one.Data != all[0].Data).ToArray() is [var other, ..])
        {
            string Text((RunKey Run, string Folder, string? Data) one) => $"{one.Run} in {one.Folder} had {one.Data ?? "unknown ones"}";
            throw new UserError($"all runs of an experiment must have the same cases, but {Text(all[0])} and {Text(other)};"
                + " make the data the same (left-out.txt names what could not be used) and run again what had other data");
        }
    }

    /// <summary>A folder without runs whose settings name the runs of all others.</summary>
    private static bool IsPlan(Source source, IReadOnlyList<Source> all) =>
        !Directory.Exists(Path.Combine(source.Folder, "runs")) && all.All(other => !other.Settings.Runs.Except(source.Settings.Runs).Any());

    private static ExperimentSettings Union(IReadOnlyList<Source> sources) => sources[0].Settings with
    {
        Losses = [.. sources.SelectMany(source => source.Settings.Losses).Distinct()],
        Seeds = [.. sources.SelectMany(source => source.Settings.Seeds).Distinct()],
    };

    /// <returns>The one folder that has a readable result of the run; null if none does.</returns>
    private static string? Find(RunKey run, IReadOnlyList<Source> sources)
    {
        var having = sources.Where(source => ResultFolder.HasResult(source.Folder, run)).Select(source => source.Folder).ToArray();
        if (having.Length > 1)
        {
            throw new UserError($"{run} is there twice: in {ResultFolder.RunFolder(having[0], run)} and in {ResultFolder.RunFolder(having[1], run)}; leave one out");
        }

        if (having is not [var folder])
        {
            return null;
        }

        _ = ResultFolder.LoadResult(folder, run);
        return folder;
    }

    /// <returns>False where the target has the same result already.</returns>
    private static bool IsNew(RunKey run, string folder, string into)
    {
        if (!ResultFolder.HasResult(into, run))
        {
            return true;
        }

        return ResultBytes(into, run).AsSpan().SequenceEqual(ResultBytes(folder, run))
            ? false
            : throw new UserError($"{run} is there twice, with different results: in {ResultFolder.RunFolder(into, run)} and in {ResultFolder.RunFolder(folder, run)}; remove one");
    }

    private static byte[] ResultBytes(string folder, RunKey run) => File.ReadAllBytes(Path.Combine(ResultFolder.RunFolder(folder, run), ResultFolder.ResultFile));

    /// <summary>Copies what a run shows and measured, the result itself last: where it is, the rest is too.</summary>
    private static void Copy(string from, string to)
    {
        if (Directory.Exists(Path.Combine(from, ShownCases.MaskFolder)))
        {
            CopyFolder(Path.Combine(from, ShownCases.MaskFolder), Path.Combine(to, ShownCases.MaskFolder));
        }

        if (File.Exists(Path.Combine(from, ResultFolder.DiagnosticsFile)))
        {
            CopyFile(Path.Combine(from, ResultFolder.DiagnosticsFile), Path.Combine(to, ResultFolder.DiagnosticsFile));
        }

        CopyFile(Path.Combine(from, ResultFolder.ResultFile), Path.Combine(to, ResultFolder.ResultFile));
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from))
        {
            CopyFile(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static void CopyFile(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        var draft = to + ".part";
        File.Copy(from, draft, overwrite: true);
        File.Move(draft, to, overwrite: true);
    }

    private static string Reason(RunKey run, IReadOnlyList<Source> all) =>
        all.Select(source => ResultFolder.RunFolder(source.Folder, run)).FirstOrDefault(Directory.Exists) is { } begun
            ? $"begun in {begun}, but not finished"
            : "no result";

    private sealed record Source(string Folder, ExperimentSettings Settings);
}
