namespace SegLossBias.Experiments.Data;

/// <summary>Kvasir-SEG: images/ and masks/ with the same names, both JPEG.</summary>
internal sealed class KvasirLayout : IPictureLayout
{
    public string Name => "Kvasir";

    public IReadOnlyList<string> Classes => ["background", "polyp"];

    public bool Fits(FolderContent folder) => folder.Has("masks") && folder.HasFiles("cju*.jpg", "images");

    public void List(string folder, PictureListing listing)
    {
        FolderContent.Require(folder, Name, "images", "masks");
        listing.AddFolders(Path.Combine(folder, "images"), Path.Combine(folder, "masks"));
    }
}
