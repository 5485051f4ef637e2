namespace SegLossBias.Tests.Goldens;

/// <summary>Every case of MONAI, segmentation_models.pytorch and nnU-Net.</summary>
public class PeerGoldenTests
{
    public static TheoryData<string, string, int, string, string> Rows => GoldenRow.Data(PeerGoldens.Rows());

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public void Quantity_IsThePeers(string file, string section, int entry, string place, string quantity) =>
        PeerGoldens.Check(new(file, section, entry, place, quantity));
}
