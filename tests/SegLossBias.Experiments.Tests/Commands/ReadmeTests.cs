using System.CommandLine;
using System.Text.RegularExpressions;

namespace SegLossBias.Experiments.Tests.Commands;

/// <summary>The page of the program names all there is to choose, and nothing else.</summary>
public partial class ReadmeTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "README.md"));

    [Fact]
    public void Tables_NameEveryLayoutNetworkEncoderAndProtocol()
    {
        var rows = Text.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        rows.Should().NotBeEmpty();
        DataLayouts.All.Should().OnlyContain(layout => rows.Count(row => row.StartsWith($"| `{layout.Name.ToLowerInvariant()}` |", StringComparison.Ordinal)) == 1);
        Enum.GetNames<ProtocolName>().Should().OnlyContain(name => rows.Count(row => row.StartsWith($"| `{name}`", StringComparison.Ordinal)) == 1);
        NetworkFactory.All.Select(kind => kind.Name).Concat(Enum.GetNames<EncoderKind>().Where(name => name != nameof(EncoderKind.None)))
            .Should().OnlyContain(name => rows.Any(row => row.Contains($"`{name.ToLowerInvariant()}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Text_NamesOnlyOptionsAndCommandsThatExist()
    {
        var root = ProgramCommands.Create();
        string[] foreign = ["--jobs"]; // of GNU parallel
        var known = root.Options.Concat(root.Subcommands.SelectMany(command => command.Options)).Select(option => option.Name);
        OptionText().Matches(Text).Select(match => match.Value).Distinct().Should().HaveCountGreaterThan(10).And.BeSubsetOf([.. known, .. foreign]);
        CommandText().Matches(Text).Select(match => match.Groups[1].Value).Distinct().Should().BeEquivalentTo(
            root.Subcommands.Select(command => command.Name).Except(["run"]), "run is for the commands that plan writes");
    }

    [GeneratedRegex("(?<=[ `(])--[a-z][a-z0-9-]*")]
    private static partial Regex OptionText();

    [GeneratedRegex(@"\./build\.sh demo ([a-z]+)")]
    private static partial Regex CommandText();
}
