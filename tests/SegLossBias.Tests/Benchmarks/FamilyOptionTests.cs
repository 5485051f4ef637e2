using SegLossBias.Benchmarks.Eager;

namespace SegLossBias.Tests.Benchmarks;

/// <summary>The options --families and --all of the benchmarks, from outside.</summary>
public sealed class FamilyOptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string, string> WrongWords => new()
    {
        { "--families", "--families belongs to --quick; write --quick --families" },
        { "--all", "--all belongs to --quick; write --quick --all" },
        { "--quick --families --losses overlap,Nonsense", "--losses: there is no family and no loss 'Nonsense'; known are overlap, confusion, pixels" },
        { "--quick --all --losses CE/pixel", "--losses: there is no family and no loss 'CE/pixel'" },
        { "--quick --losses Tversky", "--losses: there is no 'Tversky'" },
        { "--quick --families --composed", "--families has lines of its own and takes no --composed" },
        { "--quick --all --picture x.png", "--all has lines of its own and takes no --picture" },
        { "--quick --families --shapes 4x4", "--shapes: '4x4' is no shape" },
        { "--quick --families nonsense", "unknown argument nonsense" },
        { "--quick --families --seconds soon", "--seconds: 'soon' is not a number" },
    };

    [Theory]
    [MemberData(nameof(WrongWords))]
    public void WrongWords_EndWithTwoAndSayWhy(string arguments, string message)
    {
        var (exitCode, output, errors) = BenchmarkProgram.Run(_folder, arguments.Split(' '));
        exitCode.Should().Be(2, errors);
        errors.Should().StartWith("error: ").And.Contain(message);
        output.Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(_folder).Should().BeEmpty();
    }

    [Theory]
    [InlineData("--families", "CONFUSION,CE/pixel", new[] { "MCC", "WassersteinDice", "WassersteinDice(M)", "CE/pixel" })]
    [InlineData("--all", "mcc,CE", new[] { "CE", "MCC" })]
    public void NamedFamiliesAndLosses_HaveALineForEachShape(string option, string names, string[] losses)
    {
        var (exitCode, output, errors) = BenchmarkProgram.Run(_folder, "--quick", option, "--losses", names, "--shapes", "1x3x9x8,2x2x8x8", "--seconds", "1", "--threads", "1");
        exitCode.Should().Be(0, errors);
        string[][] lines = [.. File.ReadAllLines(Path.Combine(_folder, "artifacts", "bench", "families.csv")).Select(line => line.Split(','))];
        lines[0].Should().Equal("shape", "family", "loss", "loss_ms", "ce_ms", "loss/ce", "hand_ms", "loss/hand");
        lines.Skip(1).Select(line => (line[0], line[2])).Should().BeEquivalentTo(
            ((string[])["1x3x9x8", "2x2x8x8"]).SelectMany(shape => losses.Select(loss => (shape, loss))));
        foreach (var line in lines.Skip(1))
        {
            output.Should().Contain(line[2]);
            double.Parse(line[3], System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
            (line[6] == "-").Should().Be(line[2] != "CE/pixel", "one of them is written by hand");
        }
    }

    [Fact]
    public void Names_ChooseRowsInTheirOrder()
    {
        var rows = FamilyLosses.Representatives;
        FamilyLosses.Named(rows, ["OHEM", "overlap"]).Select(row => row.Name).Should().Equal("Tversky", "Jaccard", "GDice", "OHEM");
        FluentActions.Invoking(() => FamilyLosses.Named(rows, ["overlap", "nothing"])).Should().Throw<ArgumentException>().WithMessage("*'nothing'*");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
