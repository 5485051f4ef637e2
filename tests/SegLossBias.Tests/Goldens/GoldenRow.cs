namespace SegLossBias.Tests.Goldens;

/// <summary>One comparison with a golden file: a quantity of an entry of a section.</summary>
/// <param name="File">The file.</param>
/// <param name="Section">Its array of entries.</param>
/// <param name="Entry">Which entry; 0 where the section is missing.</param>
/// <param name="Place">Where in the entry, or its name.</param>
/// <param name="Quantity">What is compared; empty where the place is missing.</param>
internal sealed record GoldenRow(string File, string Section, int Entry = 0, string Place = "", string Quantity = "")
{
    /// <summary>For [MemberData].</summary>
    internal static TheoryData<string, string, int, string, string> Data(IEnumerable<GoldenRow> rows)
    {
        var data = new TheoryData<string, string, int, string, string>();
        foreach (var row in rows)
        {
            data.Add(row.File, row.Section, row.Entry, row.Place, row.Quantity);
        }

        return data;
    }
}
