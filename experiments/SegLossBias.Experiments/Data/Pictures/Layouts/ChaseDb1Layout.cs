using System.Text.RegularExpressions;

namespace SegLossBias.Experiments.Data;

/// <summary>CHASE_DB1: Image_NNX.jpg, child NN and eye X, with the vessels of the first observer, Image_NNX_1stHO.png.</summary>
/// <remarks>Both eyes of a child stay together. The second observer's masks are not read.</remarks>
internal sealed partial class ChaseDb1Layout : IPictureLayout
{
    public string Name => "ChaseDb1";

    public IReadOnlyList<string> Classes => ["background", "vessel"];

    public bool Fits(FolderContent folder) => folder.HasFiles("Image_*_1stHO.png");

    public void List(string folder, PictureListing listing)
    {
        foreach (var file in listing.Files(folder))
        {
            var match = Names.Match(PictureFile.Stem(file));
            switch (match.Groups["observer"].Value)
            {
                case "_1stHO":
                    listing.AddMask(match.Groups["eye"].Value, file);
                    break;
                case "" when match.Success:
                    listing.AddImage(match.Groups["eye"].Value, file);
                    break;
                case "":
                    listing.AddProblem(file, "named neither Image_NNX nor Image_NNX_1stHO");
                    break;
            }
        }

        if (listing.Splits.Count == 0)
        {
            throw FolderContent.Misfit(folder, Name, "Image_NNX.jpg with Image_NNX_1stHO.png");
        }
    }

    public string Group(string name) => name[..^1];

    [GeneratedRegex(@"^(?<eye>Image_\d+[LR])(?<observer>_1stHO|_2ndHO)?$")]
    private static partial Regex Names { get; }
}
