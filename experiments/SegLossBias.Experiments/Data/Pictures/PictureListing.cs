namespace SegLossBias.Experiments.Data;

/// <summary>Collects the pictures and masks that a layout finds, and pairs them by split and name.</summary>
/// <param name="folder">The data's folder; problems name files relative to it.</param>
internal sealed class PictureListing(string folder)
{
    private sealed record Entry(DataSplit Split, string Name, string File);

    private readonly SortedSet<DataSplit> _splits = [];
    private readonly List<Entry> _images = [];
    private readonly List<Entry> _masks = [];
    private readonly SortedDictionary<string, int> _otherTypes = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>The splits that the data set has, also one without a usable picture.</summary>
    public IReadOnlyCollection<DataSplit> Splits => _splits;

    /// <summary>One line per file that cannot be used, and one that counts the files of other types.</summary>
    public IEnumerable<string> Problems => _otherTypes.Count == 0 ? _problems : _problems.Append(
        $"{_otherTypes.Values.Sum()} files of other types: " + string.Join(", ", _otherTypes.Select(type => $"{type.Value} {type.Key}")));

    public void AddSplit(DataSplit split) => _splits.Add(split);

    public void AddImage(string name, string file, DataSplit split = DataSplit.Train)
    {
        AddSplit(split);
        _images.Add(new(split, name, file));
    }

    public void AddMask(string name, string file, DataSplit split = DataSplit.Train) => _masks.Add(new(split, name, file));

    public void AddProblem(string file, string reason) =>
        _problems.Add($"{Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/')}: {reason}");

    /// <summary>Puts pictures where lists say, whatever the folders say; pictures in no list, and names without a picture, become problems.</summary>
    public void Take(SplitLists lists)
    {
        _splits.Clear();
        _splits.UnionWith(lists.Splits);
        var names = _images.Select(image => image.Name).ToHashSet();
        foreach (var (name, file) in lists.Names.Where(listed => !names.Contains(listed.Name)))
        {
            AddProblem(file, $"there is no picture {name}");
        }

        foreach (var image in _images.Where(image => lists.Of(image.Name) is null))
        {
            AddProblem(image.File, "in none of the lists");
        }

        Entry[] Placed(List<Entry> entries) => [.. entries.Where(entry => lists.Of(entry.Name) is not null).Select(entry => entry with { Split = lists.Of(entry.Name)!.Value })];
        var (images, masks) = (Placed(_images), Placed(_masks));
        _images.Clear();
        _images.AddRange(images);
        _masks.Clear();
        _masks.AddRange(masks);
    }

    /// <summary>The pictures of one folder, by name; files of other types are counted.</summary>
    public IEnumerable<string> Files(string directory)
    {
        foreach (var file in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
        {
            if (PictureFile.IsPicture(file))
            {
                yield return file;
                continue;
            }

            var type = Path.GetExtension(file) is { Length: > 0 } extension ? extension.ToLowerInvariant() : "without extension";
            _otherTypes[type] = _otherTypes.GetValueOrDefault(type) + 1;
        }
    }

    /// <summary>Two folders whose files have the same names up to the extension; a mask may be called NAME_mask.</summary>
    public void AddFolders(string images, string masks, DataSplit split = DataSplit.Train)
    {
        const string Suffix = "_mask";
        AddSplit(split);
        var pictures = Files(images).ToLookup(PictureFile.Stem);
        foreach (var picture in pictures.SelectMany(files => files))
        {
            AddImage(PictureFile.Stem(picture), picture, split);
        }

        foreach (var mask in Files(masks))
        {
            var stem = PictureFile.Stem(mask);
            var hasSuffix = !pictures.Contains(stem) && stem.EndsWith(Suffix, StringComparison.Ordinal);
            AddMask(hasSuffix ? stem[..^Suffix.Length] : stem, mask, split);
        }
    }

    /// <summary>The usable pairs by split and name; what is left over becomes a problem.</summary>
    /// <param name="anyNumberOfMasks">Whether none and several are right too.</param>
    public IReadOnlyList<PicturePair> Pairs(bool anyNumberOfMasks)
    {
        var masks = _masks.ToLookup(mask => (mask.Split, mask.Name));
        var images = _images.ToLookup(image => (image.Split, image.Name));
        var pairs = new List<PicturePair>();
        foreach (var same in images.OrderBy(same => same.Key.Split).ThenBy(same => same.Key.Name, StringComparer.Ordinal))
        {
            var files = masks[same.Key].Select(mask => mask.File).Order(StringComparer.Ordinal).ToList();
            var reason = same.Count() > 1 ? $"one of {same.Count()} pictures named {same.Key.Name}"
                : files.Count == 1 || anyNumberOfMasks ? null
                : files.Count == 0 ? "no mask of that name" : $"{files.Count} masks of that name";
            if (reason is null)
            {
                pairs.Add(new(same.Key.Name, same.Key.Split, same.Single().File, files));
                continue;
            }

            foreach (var image in same)
            {
                AddProblem(image.File, reason);
            }
        }

        foreach (var mask in _masks.Where(mask => !images.Contains((mask.Split, mask.Name))).OrderBy(mask => mask.File, StringComparer.Ordinal))
        {
            AddProblem(mask.File, "no picture of that name");
        }

        return pairs;
    }
}
