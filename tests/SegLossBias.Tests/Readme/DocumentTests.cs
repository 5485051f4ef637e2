using System.Text.RegularExpressions;

namespace SegLossBias.Tests.Readme;

/// <summary>Every page compiles, runs, prints what it says, and leads where it says.</summary>
public partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. DocumentFile.All];

    public static TheoryData<string, int> CSharpBlocks
    {
        get
        {
            var blocks = new TheoryData<string, int>();
            foreach (var document in DocumentFile.All)
            {
                foreach (var line in ReadmeFile.Blocks(DocumentFile.Text(document), "csharp").Keys)
                {
                    blocks.Add(document, line);
                }
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(CSharpBlocks))]
    public void CSharpBlock_CompilesAndPrintsWhatItsCommentsSay(string document, int line)
    {
        var block = ReadmeFile.Blocks(DocumentFile.Text(document), "csharp")[line];

        var printed = ReadmeProgram.Run(ReadmeProgram.Compile(block));

        printed.Should().ContainInOrder(PrintedLine().Matches(block).Select(match => match.Groups[1].Value).ToArray());
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadToFilesAndHeadingsThatExist(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(DocumentFile.Root, document))!;
        foreach (var link in DocumentFile.Links(document).Where(link => !link.StartsWith("https://", StringComparison.Ordinal)))
        {
            var (path, anchor) = link.Split('#') is [var file, var heading] ? (file, heading) : (link, null);
            var target = path.Length == 0 ? Path.Combine(DocumentFile.Root, document) : Path.GetFullPath(Path.Combine(folder, path));
            (File.Exists(target) || Directory.Exists(target)).Should().BeTrue($"{document} links to {link}");
            if (anchor is not null)
            {
                DocumentFile.Anchors(File.ReadAllText(target).ReplaceLineEndings("\n")).Should().Contain(anchor, $"{document} links to {link}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void ShellBlocks_UseOnlyCommandsThatExist(string document)
    {
        var commands = ReadmeFile.Blocks(DocumentFile.Text(document), "sh").Values.SelectMany(block => BuildCommand().Matches(block)).Select(match => match.Groups[1].Value);
        commands.Should().BeSubsetOf(ReadmeFile.BuildCommands);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void NothingIsLeftToFillIn(string document) => DocumentFile.Text(document).Should().NotContain("<!--").And.NotContain("TODO");

    [Theory]
    [InlineData("## Schedules of λ and τ", "schedules-of-λ-and-τ")]
    [InlineData("# TorchSharp pitfalls, and what protects you", "torchsharp-pitfalls-and-what-protects-you")]
    public void Anchors_AreGitHubs(string heading, string anchor) => DocumentFile.Anchors(heading).Should().Equal(anchor);

    [GeneratedRegex(@"Console\.WriteLine\(.*\);\s*// (.+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedLine();

    [GeneratedRegex(@"\./build\.(?:sh|ps1) ([a-z]+)")]
    private static partial Regex BuildCommand();
}
