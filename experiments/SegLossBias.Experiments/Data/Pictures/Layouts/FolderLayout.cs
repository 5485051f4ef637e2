namespace SegLossBias.Experiments.Data;

/// <summary>images/ and masks/, or train/ and optionally val/ and test/ that hold both; paired by name.</summary>
/// <remarks>
/// A mask of 0 and 255 alone holds the foreground, unless <see cref="ClassNames.ListFile"/> names classes. Others hold class
/// numbers, and 255 where pixels are ignored: the numbers of a palette, or grey values below
/// <see cref="LabelTable.NumberLimit"/>, or below the number of named classes. A JPEG, whose values are not exact, is foreground
/// from <see cref="LabelTable.ForegroundLevel"/> on. No other mask is read: colours and shades of grey can mean anything.
/// </remarks>
internal sealed class FolderLayout : IPictureLayout
{
    private const int Named = 4;

    private static readonly (string Name, DataSplit Split)[] Splits =
    [
        ("train", DataSplit.Train), ("val", DataSplit.Validation), ("valid", DataSplit.Validation),
        ("validation", DataSplit.Validation), ("test", DataSplit.Test),
    ];

    public string Name => "Folder";

    public IReadOnlyList<string>? Classes => null;

    public bool IsFallback => true;

    public bool MasksAreNumbers => true;

    public IReadOnlyList<string>? ClassesOf(string folder) => ClassNames.Read(folder);

    public bool Fits(FolderContent folder) => false;

    public void List(string folder, PictureListing listing)
    {
        if (!Directory.Exists(Path.Combine(folder, "train")))
        {
            FolderContent.Require(folder, Name, "images", "masks");
            Add(folder, DataSplit.Train, listing);
            return;
        }

        foreach (var (name, split) in Splits.Where(split => Directory.Exists(Path.Combine(folder, split.Name))))
        {
            FolderContent.Require(Path.Combine(folder, name), Name, "images", "masks");
            Add(Path.Combine(folder, name), split, listing);
        }
    }

    public string? Flaw(MaskValues mask, int? classes)
    {
        if (!mask.IsExact)
        {
            return classes is null ? null : $"is a JPEG, whose values are not exact, but {ClassNames.ListFile} names classes; save class numbers as PNG";
        }

        var limit = classes ?? (mask.Colours is null ? LabelTable.NumberLimit : LabelTable.Ignored);
        var values = mask.Different;
        return IsForeground(mask, classes) || values.All(value => value < limit || value == LabelTable.Ignored) ? null
            : FormattableString.Invariant($"has the values {string.Join(", ", values.Take(Named))}{(values.Count > Named ? ", …" : "")}; readable are class numbers below {limit}, with 255 for pixels to ignore, or 0 and 255 alone")
                + (classes is null ? $"; more classes need their names in {ClassNames.ListFile}, one a line" : $", as {ClassNames.ListFile} names {classes} classes");
    }

    public byte[] Labels(MaskValues mask, int? classes) => IsForeground(mask, classes)
        ? LabelTable.Foreground(LabelTable.ForegroundLevel)
        : LabelTable.Numbers();

    private static bool IsForeground(MaskValues mask, int? classes) => mask.IsOneBit || (classes is null && mask.IsBlackAndWhite);

    private static void Add(string folder, DataSplit split, PictureListing listing) =>
        listing.AddFolders(Path.Combine(folder, "images"), Path.Combine(folder, "masks"), split);
}
