namespace SegLossBias.Experiments.Data;

/// <summary>Kvasir-SEG: images/ and masks/ with the same names, both JPEG.</summary>
internal sealed class KvasirLayout : IPictureLayout
{
    public IReadOnlyList<string> Classes => ["background", "polyp"];

    public void List(string folder, PictureListing listing)
    {
        FolderContent.Require(folder, DataLayout.Kvasir, "images", "masks");
        listing.AddFolders(Path.Combine(folder, "images"), Path.Combine(folder, "masks"));
    }
}
