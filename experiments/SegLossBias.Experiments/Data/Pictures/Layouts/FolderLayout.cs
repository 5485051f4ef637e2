using SkiaSharp;

namespace SegLossBias.Experiments.Data;

/// <summary>images/ and masks/, or train/ and optionally val/ and test/ that hold both; paired by name.</summary>
/// <remarks>
/// Masks are grey. One whose values all lie below <see cref="LabelTable.NumberLimit"/> holds class numbers, one of 0 and 255
/// the foreground; a JPEG, whose values are not exact, is foreground from <see cref="LabelTable.ForegroundLevel"/> on. No other
/// mask is read: colours and values in between can mean anything.
/// </remarks>
internal sealed class FolderLayout : IPictureLayout
{
    private const int Named = 4;

    /// <summary>Channels of a grey JPEG are not further apart than this.</summary>
    private const int JpegNoise = 32;

    private static readonly (string Name, DataSplit Split)[] Splits =
    [
        ("train", DataSplit.Train), ("val", DataSplit.Validation), ("valid", DataSplit.Validation),
        ("validation", DataSplit.Validation), ("test", DataSplit.Test),
    ];

    public string Name => "Folder";

    public IReadOnlyList<string>? Classes => null;

    public bool IsFallback => true;

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

    public string? Flaw(string file, SKBitmap mask)
    {
        var isJpeg = PictureFile.IsJpeg(file);
        if (PictureFile.LargestColour(mask) > (isJpeg ? JpegNoise : 0))
        {
            return "is coloured; grey values are class numbers, or 0 and 255";
        }

        var values = PictureFile.ValuesOf(mask);
        return isJpeg || values[^1] < LabelTable.NumberLimit || values.All(value => value is 0 or byte.MaxValue) ? null
            : FormattableString.Invariant($"has the values {string.Join(", ", values.Take(Named))}{(values.Count > Named ? ", …" : "")}; readable are class numbers below {LabelTable.NumberLimit}, or 0 and 255 alone");
    }

    public byte[] Labels(string file, int largestValue) => LabelTable.HoldsNumbers(file, largestValue)
        ? LabelTable.Numbers()
        : LabelTable.Foreground(LabelTable.ForegroundLevel);

    private static void Add(string folder, DataSplit split, PictureListing listing) =>
        listing.AddFolders(Path.Combine(folder, "images"), Path.Combine(folder, "masks"), split);
}
