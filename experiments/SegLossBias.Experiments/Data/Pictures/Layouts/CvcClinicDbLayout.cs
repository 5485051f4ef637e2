using System.Globalization;

namespace SegLossBias.Experiments.Data;

/// <summary>CVC-ClinicDB: Original/ and Ground Truth/ with frames named by number, TIFF or PNG.</summary>
/// <remarks>
/// The 612 frames come from 29 video sequences, and frames of one sequence look alike, so a seeded split keeps sequences
/// together unless the experiment groups otherwise. Frame ranges as published with the data set.
/// </remarks>
internal sealed class CvcClinicDbLayout : IPictureLayout
{
    private static readonly int[] LastFrames =
    [
        25, 50, 67, 78, 103, 126, 151, 177, 199, 205, 227, 252, 277, 297, 317,
        342, 363, 383, 408, 428, 447, 466, 478, 503, 528, 546, 571, 591, 612,
    ];

    public string Name => "CvcClinicDb";

    public IReadOnlyList<string> Classes => ["background", "polyp"];

    public bool Fits(FolderContent folder) => folder.Has("Ground Truth");

    public void List(string folder, PictureListing listing)
    {
        FolderContent.Require(folder, Name, "Original", "Ground Truth");
        listing.AddFolders(Path.Combine(folder, "Original"), Path.Combine(folder, "Ground Truth"));
    }

    public string Group(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var frame) && frame >= 1 && frame <= LastFrames[^1]
            ? FormattableString.Invariant($"sequence {LastFrames.Count(last => last < frame) + 1:D2}")
            : name;
}
