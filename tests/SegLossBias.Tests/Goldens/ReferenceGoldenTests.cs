namespace SegLossBias.Tests.Goldens;

/// <summary>Every case of the paper's reference code.</summary>
public class ReferenceGoldenTests
{
    public static TheoryData<string, string, int, string, string> Rows => GoldenRow.Data(ReferenceGoldens.Rows());

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public void Quantity_IsTheReferences(string file, string section, int entry, string place, string quantity) =>
        ReferenceGoldens.Check(new(file, section, entry, place, quantity));
}
