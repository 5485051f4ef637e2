using System.Text;
using System.Text.RegularExpressions;

namespace SegLossBias.Tests.Readme;

/// <summary>README.md and the pages of docs/, in the repository that the tests were built from.</summary>
internal static partial class DocumentFile
{
    /// <summary>What stands for the address of the repository in the readme of the package.</summary>
    private const string Repository = "REPOSITORY/blob/main/";

    internal static string Root { get; } = FindRoot();

    /// <summary>Paths from the root, with forward slashes.</summary>
    internal static IReadOnlyList<string> All { get; } =
        ["README.md", "src/SegLossBias/PACKAGE.md", .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Order(StringComparer.Ordinal)];

    internal static string Text(string document) => File.ReadAllText(Path.Combine(Root, document)).ReplaceLineEndings("\n");

    /// <summary>What links and pictures point to, code left out.</summary>
    internal static IEnumerable<string> Links(string document) =>
        Link().Matches(Code().Replace(Text(document), "")).Select(match => match.Groups["target"].Value.Replace(Repository, "../../", StringComparison.Ordinal));

    /// <summary>The anchors of a page's headings, as GitHub forms them.</summary>
    internal static IReadOnlySet<string> Anchors(string text) =>
        Heading().Matches(Code().Replace(text, "")).Select(match => Slug(match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

    private static string Slug(string heading)
    {
        var slug = new StringBuilder();
        foreach (var letter in heading.Trim().ToLowerInvariant().Normalize())
        {
            if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
            {
                _ = slug.Append(letter);
            }
            else if (letter == ' ')
            {
                _ = slug.Append('-');
            }
        }

        return slug.ToString();
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SegLossBias.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} has a SegLossBias.sln; run the tests from a checkout.");
    }

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```[ \t]*$|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
