namespace SegLossBias.Tests.Goldens;

/// <summary>Every quantity of the paper's formulas.</summary>
public class PaperGoldenTests
{
    public static TheoryData<string, string, int, string, string> Rows => GoldenRow.Data(PaperGoldens.Rows());

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public void Quantity_IsThePapers(string file, string section, int entry, string place, string quantity) =>
        PaperGoldens.Check(new(file, section, entry, place, quantity));
}
