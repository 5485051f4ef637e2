namespace SegLossBias.Experiments.Data;

/// <summary>A split given by lists of names: <c>split_NAME_train.txt</c>, and <c>_val.txt</c> and <c>_test.txt</c> if there are such.</summary>
/// <remarks>One name of a case per line, with or without the extension of its file.</remarks>
internal sealed class SplitLists
{
    private static readonly (string End, DataSplit Split)[] Parts = [("train", DataSplit.Train), ("val", DataSplit.Validation), ("test", DataSplit.Test)];

    private readonly Dictionary<string, (DataSplit Split, string File)> _splits = [];

    private SplitLists()
    {
    }

    /// <summary>The splits that have a list.</summary>
    public IReadOnlyCollection<DataSplit> Splits => [.. _splits.Values.Select(entry => entry.Split).Distinct().Order()];

    /// <summary>All names with the list that each is from.</summary>
    public IEnumerable<(string Name, string File)> Names => _splits.Select(entry => (entry.Key, entry.Value.File));

    /// <exception cref="UserError">There is no list to train on, or a name is listed twice.</exception>
    public static SplitLists Read(string folder, string name)
    {
        var lists = new SplitLists();
        foreach (var (end, split) in Parts)
        {
            var file = Path.Combine(folder, $"split_{name}_{end}.txt");
            if (!File.Exists(file))
            {
                continue;
            }

            foreach (var line in PlainFile.ReadLines(file))
            {
                var listed = PictureFile.IsPicture(line) ? PictureFile.Stem(line) : NiftiFolder.Stem(line);
                if (!lists._splits.TryAdd(listed, (split, file)))
                {
                    throw new UserError($"--split {name}: {listed} is in {Path.GetFileName(lists._splits[listed].File)} and in {Path.GetFileName(file)}; leave one out");
                }
            }
        }

        return lists.Splits.Contains(DataSplit.Train) ? lists : throw new UserError(
            $"--split {name}: there is no split_{name}_train.txt that names anything in {folder}; lists there: {Found(folder)}. Or give shares such as 80/10/10");
    }

    /// <summary>Null for a case that no list names.</summary>
    public DataSplit? Of(string name) => _splits.TryGetValue(name, out var entry) ? entry.Split : null;

    private static string Found(string folder) =>
        string.Join(", ", Directory.GetFiles(folder, "split_*.txt").Select(Path.GetFileName).Order(StringComparer.Ordinal).DefaultIfEmpty("none"));
}
