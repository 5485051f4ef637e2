namespace SegLossBias.Experiments.Data;

/// <summary>CamVid in the form of SegNet: train/ with trainannot/, val/ with valannot/, test/ with testannot/; same names.</summary>
/// <remarks>
/// Labels are 0 to 10; 11 is unlabelled and ignored. No class is background. Brostow et al., doi 10.1016/j.patrec.2008.04.005;
/// Badrinarayanan et al., arXiv:1511.00561.
/// </remarks>
internal sealed class CamVidLayout : IPictureLayout
{
    private const byte Ignored = 255;

    private static readonly (string Name, DataSplit Split)[] Splits = [("train", DataSplit.Train), ("val", DataSplit.Validation), ("test", DataSplit.Test)];

    private static readonly string[] Names =
        ["sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist"];

    private static readonly byte[] Table = LabelTable.Create(value => value < Names.Length ? (byte)value : Ignored);

    public string Name => "CamVid";

    public IReadOnlyList<string> Classes => Names;

    public long? IgnoreIndex => Ignored;

    public bool Fits(FolderContent folder) => folder.Has("trainannot");

    public void List(string folder, PictureListing listing)
    {
        FolderContent.Require(folder, Name, [.. Splits.SelectMany(split => new[] { split.Name, split.Name + "annot" })]);
        foreach (var (name, split) in Splits)
        {
            listing.AddFolders(Path.Combine(folder, name), Path.Combine(folder, name + "annot"), split);
        }
    }

    public bool MasksAreNumbers => true;

    public byte[] Labels(MaskValues mask, int? classes) => Table;
}
