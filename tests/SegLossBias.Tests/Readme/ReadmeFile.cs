using System.Text.RegularExpressions;

namespace SegLossBias.Tests.Readme;

/// <summary>README.md and build.sh as copied beside the tests.</summary>
internal static partial class ReadmeFile
{
    internal static string Text { get; } = Read("README.md");

    /// <summary>The commands that the usage text of build.sh lists.</summary>
    internal static IReadOnlyList<string> BuildCommands { get; } = CommandsOf(Read("build.sh"));

    internal static IReadOnlyList<string> CommandsOf(string script) => [.. UsageLine().Matches(script).Select(match => match.Groups[1].Value)];

    /// <summary>The blocks of a language by the number of the line that opens them.</summary>
    internal static IReadOnlyDictionary<int, string> Blocks(string language) => Blocks(Text, language);

    internal static Dictionary<int, string> Blocks(string text, string language) =>
        Fence().Matches(text)
            .Where(fence => fence.Groups["language"].Value == language)
            .ToDictionary(fence => text[..fence.Index].Count(character => character == '\n') + 1, fence => fence.Groups["body"].Value);

    private static string Read(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Readme", name)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^```(?<language>\S*)[^\n]*\n(?<body>.*?)^```[ \t]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^  ([a-z]+)(?: {2,}\S|$)", RegexOptions.Multiline)]
    private static partial Regex UsageLine();
}
