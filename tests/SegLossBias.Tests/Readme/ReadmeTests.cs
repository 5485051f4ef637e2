using System.Text.RegularExpressions;

namespace SegLossBias.Tests.Readme;

/// <summary>What the README shows is complete. Its code and links are tested by <see cref="DocumentTests"/>.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void WrongBlock_FailsWithTheCompilersMessageAndTheBlock()
    {
        const string Wrong = "using var loss = new RceL1Loss { Lamda = 2 };\n";

        var compile = () => ReadmeProgram.Compile(ReadmeFile.Blocks($"text\n```csharp\n{Wrong}```\n", "csharp")[2]);

        compile.Should().Throw<InvalidOperationException>().WithMessage("*CS0117*Lamda*").WithMessage($"*{Wrong}*");
    }

    [Fact]
    public void ShellBlocks_UseOnlyCommandsThatExist()
    {
        ReadmeFile.BuildCommands.Should().Contain(["demo", "test", "bench", "pack"]);
        BuildCommand().Matches(ReadmeFile.Text).Select(match => match.Groups[1].Value).Should().NotBeEmpty().And.BeSubsetOf(ReadmeFile.BuildCommands);

        var lines = ReadmeFile.Blocks("sh").Values.SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        lines.Should().NotBeEmpty().And.OnlyContain(line => ShellLine().IsMatch(line));
    }

    /// <summary>A command is in the usage text, and in the list of what the script runs.</summary>
    [Fact]
    public void BothScripts_HaveTheSameCommands()
    {
        var windows = DocumentFile.Text("build.ps1");
        ReadmeFile.CommandsOf(windows).Should().Equal(ReadmeFile.BuildCommands);
        ReadmeFile.BuildCommands.Should().OnlyContain(command => windows.Contains($"'{command}' ", StringComparison.Ordinal) || windows.Contains($"'{command}', ", StringComparison.Ordinal));
    }

    [Fact]
    public void LossTable_HasEveryNameAndEveryClass()
    {
        var classes = typeof(SegmentationLoss).Assembly.GetExportedTypes()
            .Where(type => (type.IsAssignableTo(typeof(SegmentationLoss)) || type.IsAssignableTo(typeof(LossTerm))) && !type.IsAbstract);
        var rows = DocumentFile.Text("docs/losses.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToArray();

        LossFactory.Names.Should().OnlyContain(name => rows.Count(row => row.StartsWith($"| `{name}` |", StringComparison.Ordinal)) == 1);
        classes.Should().OnlyContain(type => rows.Any(row => row.Contains($"| `{type.Name}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Readme_IsShort() => ReadmeFile.Text.Split('\n').Length.Should().BeLessThanOrEqualTo(200);

    [GeneratedRegex(@"\./build\.(?:sh|ps1) ([a-z]+)")]
    private static partial Regex BuildCommand();

    [GeneratedRegex(@"^(?:(?:\w+=\S+ )?\./build\.sh [a-z]|dotnet (?:new nugetconfig|add package |nuget add source |run -c Release --project samples/QuickStart )|cd )")]
    private static partial Regex ShellLine();
}
