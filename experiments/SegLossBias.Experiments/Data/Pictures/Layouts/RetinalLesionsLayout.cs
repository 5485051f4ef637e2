namespace SegLossBias.Experiments.Data;

/// <summary>Retinal Lesions: images_896x896/ID.jpg, and lesion_segs_896x896/ID/LESION.png for each kind of lesion present.</summary>
/// <remarks>
/// As in the experiments of arXiv:2104.08717 all lesions are one foreground, those marked 127 (not by the guidelines of
/// grading) as well as those marked 255, and the lists train.txt, val.txt and test.txt say which picture is where. Without
/// train.txt the split is seeded. IDs are PATIENT_EYE: both eyes stay together.
/// </remarks>
internal sealed class RetinalLesionsLayout : IPictureLayout
{
    private const string Images = "images_896x896";
    private const string Masks = "lesion_segs_896x896";
    private const int FaintLesion = 127;

    private static readonly (string Name, DataSplit Split)[] Lists =
        [("train.txt", DataSplit.Train), ("val.txt", DataSplit.Validation), ("test.txt", DataSplit.Test)];

    public string Name => "RetinalLesions";

    public IReadOnlyList<string> Classes => ["background", "lesion"];

    public bool OneMaskPerLesion => true;

    public bool Fits(FolderContent folder) => folder.Has(Masks);

    public void List(string folder, PictureListing listing)
    {
        FolderContent.Require(folder, Name, Images, Masks);
        var masks = Directory.GetDirectories(Path.Combine(folder, Masks)).ToDictionary(directory => Path.GetFileName(directory));
        var images = listing.Files(Path.Combine(folder, Images)).ToLookup(PictureFile.Stem);
        var used = new HashSet<string>();
        foreach (var (id, split, list) in Listed(folder) ?? images.Select(image => (image.Key, DataSplit.Train, "")))
        {
            listing.AddSplit(split);
            if (!used.Add(id) || !images.Contains(id))
            {
                listing.AddProblem(list, images.Contains(id) ? $"{id} is listed twice" : $"there is no picture {id}");
                continue;
            }

            foreach (var image in images[id])
            {
                listing.AddImage(id, image, split);
            }

            foreach (var mask in masks.TryGetValue(id, out var directory) ? listing.Files(directory) : [])
            {
                listing.AddMask(id, mask, split);
            }
        }

        foreach (var image in images.Where(image => !used.Contains(image.Key)).SelectMany(image => image))
        {
            listing.AddProblem(image, "in none of the lists");
        }

        foreach (var orphan in masks.Where(mask => !images.Contains(mask.Key)).Select(mask => mask.Value).Order(StringComparer.Ordinal))
        {
            listing.AddProblem(orphan, "no picture of that name");
        }
    }

    public byte[] Labels(MaskValues mask, int? classes) => LabelTable.Foreground(FaintLesion);

    public string Group(string name) => name.LastIndexOf('_') is > 0 and var end ? name[..end] : name;

    /// <summary>The pictures of the lists, or null without train.txt.</summary>
    private static IEnumerable<(string Id, DataSplit Split, string List)>? Listed(string folder)
    {
        var lists = Lists.Select(list => (Path: Path.Combine(folder, list.Name), list.Split)).Where(list => File.Exists(list.Path)).ToList();
        return lists is [{ Split: DataSplit.Train }, ..]
            ? lists.SelectMany(list => PlainFile.ReadLines(list.Path).Select(id => (id, list.Split, list.Path)))
            : null;
    }
}
