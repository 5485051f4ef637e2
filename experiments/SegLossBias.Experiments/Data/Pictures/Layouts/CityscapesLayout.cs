namespace SegLossBias.Experiments.Data;

/// <summary>Cityscapes: leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png with gtFine/SPLIT/CITY/NAME_gtFine_labelIds.png.</summary>
/// <remarks>
/// The 19 classes that are evaluated keep their order; all other label ids are ignored. The labels of test/ are not
/// published, so it is not read: the experiments of arXiv:2104.08717 report val/ too.
/// </remarks>
internal sealed class CityscapesLayout : IPictureLayout
{
    private const string Images = "leftImg8bit";
    private const string Masks = "gtFine";
    private const string ImageEnd = "_leftImg8bit";
    private const string MaskEnd = "_gtFine_labelIds";
    private const byte Ignored = 255;

    private static readonly (int Id, string Name)[] Evaluated =
    [
        (7, "road"), (8, "sidewalk"), (11, "building"), (12, "wall"), (13, "fence"), (17, "pole"), (19, "traffic light"),
        (20, "traffic sign"), (21, "vegetation"), (22, "terrain"), (23, "sky"), (24, "person"), (25, "rider"), (26, "car"),
        (27, "truck"), (28, "bus"), (31, "train"), (32, "motorcycle"), (33, "bicycle"),
    ];

    private static readonly byte[] Table = LabelTable.Create(
        id => Array.FindIndex(Evaluated, item => item.Id == id) is >= 0 and var label ? (byte)label : Ignored);

    public string Name => "Cityscapes";

    public IReadOnlyList<string> Classes => [.. Evaluated.Select(item => item.Name)];

    public long? IgnoreIndex => Ignored;

    public bool Fits(FolderContent folder) => folder.Has("leftImg8bit");

    public void List(string folder, PictureListing listing)
    {
        FolderContent.Require(folder, Name, $"{Images}/train", $"{Images}/val", $"{Masks}/train", $"{Masks}/val");
        foreach (var (name, split) in new[] { ("train", DataSplit.Train), ("val", DataSplit.Validation) })
        {
            listing.AddSplit(split);
            foreach (var image in Directory.GetDirectories(Path.Combine(folder, Images, name)).SelectMany(listing.Files))
            {
                if (PictureFile.Stem(image).EndsWith(ImageEnd, StringComparison.Ordinal))
                {
                    listing.AddImage(PictureFile.Stem(image)[..^ImageEnd.Length], image, split);
                }
                else
                {
                    listing.AddProblem(image, $"not named NAME{ImageEnd}.png");
                }
            }

            foreach (var mask in Directory.GetFiles(Path.Combine(folder, Masks, name), $"*{MaskEnd}.png", SearchOption.AllDirectories))
            {
                listing.AddMask(PictureFile.Stem(mask)[..^MaskEnd.Length], mask, split);
            }
        }
    }

    public bool MasksAreNumbers => true;

    public byte[] Labels(MaskValues mask, int? classes) => Table;
}
