using System.Text.RegularExpressions;
using SegLossBias.Tests.Rooms;

namespace SegLossBias.Tests.Interop;

/// <summary>The table of work-arounds, src/SegLossBias/Interop/README.md, names every file of the folder and only tests that exist.</summary>
public partial class InteropReadmeTests
{
    private static readonly string[] Rows = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Interop", "README.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];

    [Fact]
    public void EveryFileHasARow_AndEveryRowAFile() =>
        Rows.Select(row => FileName().Match(row).Groups[1].Value).Distinct()
            .Should().BeEquivalentTo(SourceRooms.Files(typeof(SegmentationLoss).Assembly.Location, "Interop"));

    [Fact]
    public void EveryRowNamesATest_ThatExists()
    {
        var tests = typeof(InteropReadmeTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        Rows.Should().NotBeEmpty().And.OnlyContain(row => TestName().IsMatch(row), "each work-around is shown or guarded by a test");
        Rows.SelectMany(row => TestName().Matches(row)).Select(match => match.Groups[1].Value).Distinct().Where(name => !tests.Contains(name))
            .Should().BeEmpty("the table names tests of this project");
    }

    [GeneratedRegex(@"^\| `([^`]+\.cs)`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex TestName();
}
