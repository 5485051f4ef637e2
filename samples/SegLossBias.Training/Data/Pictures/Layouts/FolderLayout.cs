namespace SegLossBias.Training;

/// <summary>images/ and masks/, or train/ and optionally val/ and test/ that hold both; paired by name.</summary>
/// <remarks>
/// A mask whose values all lie below <see cref="LabelTable.NumberLimit"/> holds class numbers; any other mask, and every
/// JPEG, whose values are not exact, is foreground from <see cref="LabelTable.ForegroundLevel"/> on.
/// </remarks>
internal sealed class FolderLayout : IPictureLayout
{
    private static readonly (string Name, PictureSplit Split)[] Splits =
    [
        ("train", PictureSplit.Train), ("val", PictureSplit.Validation), ("valid", PictureSplit.Validation),
        ("validation", PictureSplit.Validation), ("test", PictureSplit.Test),
    ];

    public IReadOnlyList<string>? Classes => null;

    public void List(string folder, PictureListing listing)
    {
        if (!Directory.Exists(Path.Combine(folder, "train")))
        {
            FolderContent.Require(folder, DataLayout.Folder, "images", "masks");
            Add(folder, PictureSplit.Train, listing);
            return;
        }

        foreach (var (name, split) in Splits.Where(split => Directory.Exists(Path.Combine(folder, split.Name))))
        {
            FolderContent.Require(Path.Combine(folder, name), DataLayout.Folder, "images", "masks");
            Add(Path.Combine(folder, name), split, listing);
        }
    }

    public byte[] Labels(string file, int largestValue) => largestValue < LabelTable.NumberLimit && !PictureFile.IsJpeg(file)
        ? LabelTable.Numbers()
        : LabelTable.Foreground(LabelTable.ForegroundLevel);

    private static void Add(string folder, PictureSplit split, PictureListing listing) =>
        listing.AddFolders(Path.Combine(folder, "images"), Path.Combine(folder, "masks"), split);
}
