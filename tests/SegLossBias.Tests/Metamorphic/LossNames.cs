using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Metamorphic;

/// <summary>Parts of the loss table, for statements that are not true of every loss.</summary>
internal static class LossNames
{
    internal static TheoryData<string> Where(Func<string, bool> isMeant) =>
        [.. LossTable.Names.Cast<object[]>().Select(row => (string)row[0]).Where(isMeant)];

    internal static TheoryData<string, SegmentationMode> WithModesWhere(Func<string, bool> isMeant)
    {
        var data = new TheoryData<string, SegmentationMode>();
        foreach (var row in LossTable.NamesAndModes.Where(row => isMeant((string)row[0])))
        {
            data.Add((string)row[0], (SegmentationMode)row[1]);
        }

        return data;
    }
}
