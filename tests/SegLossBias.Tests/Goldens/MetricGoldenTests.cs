namespace SegLossBias.Tests.Goldens;

/// <summary>Every mask pair and label map.</summary>
public class MetricGoldenTests
{
    public static TheoryData<string, string, int, string, string> Rows => GoldenRow.Data(MetricGoldens.Rows());

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public void Quantity_IsTheOriginals(string file, string section, int entry, string place, string quantity) =>
        MetricGoldens.Check(new(file, section, entry, place, quantity));
}
