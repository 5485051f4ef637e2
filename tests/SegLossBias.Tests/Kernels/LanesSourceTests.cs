namespace SegLossBias.Tests.Kernels;

/// <summary>
/// C# has no type parameter for the width of a vector, so that each width has a file of its own. They may differ in the number
/// of bits and nothing else.
/// </summary>
public class LanesSourceTests
{
    private static readonly int[] Widths = [128, 256, 512];

    [Theory]
    [InlineData(128)]
    [InlineData(512)]
    public void FilesOfAllWidths_DifferInTheWidthAlone(int bits)
    {
        Pattern(bits).Should().Be(Pattern(256));
        Pattern(bits).Should().NotContain(bits.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The text of the file, with a mark where its width stands. Another width in it is an error that the mark would hide.</summary>
    private static string Pattern(int bits)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Kernels", "Sources", $"Lanes{bits}.cs"));
        text.Should().Contain($"Vector{bits}");
        foreach (var other in Widths.Where(other => other != bits))
        {
            text.Should().NotContain($"{other}", $"Lanes{bits}.cs has one width");
        }

        return text.Replace($"{bits}", "#", StringComparison.Ordinal);
    }
}
