using CsCheck;
using SkiaSharp;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public sealed class LabelMapTests : IDisposable
{
    private const int Classes = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Compare_CountsAsPlainLoopsDo_WithoutIgnoredPixels(int first) =>
        Gen.Select(Gen.Int[0, Classes].Select(label => label == Classes ? (byte)255 : (byte)label).Array[24], Gen.Byte[0, 2].Array[24]).Sample((truth, predicted) =>
        {
            var compared = new LabelMap(6, 4, truth).Compare(new(6, 4, predicted), first, Classes);
            compared.Should().HaveCount(Classes - first);
            for (var k = first; k < Classes; k++)
            {
                var (both, more, less, rest) = (0, 0, 0, 0);
                for (var i = 0; i < truth.Length; i++)
                {
                    if (truth[i] == 255)
                    {
                        continue;
                    }

                    both += truth[i] == k && predicted[i] == k ? 1 : 0;
                    more += truth[i] != k && predicted[i] == k ? 1 : 0;
                    less += truth[i] == k && predicted[i] != k ? 1 : 0;
                    rest += truth[i] != k && predicted[i] != k ? 1 : 0;
                }

                compared[k - first].Should().Be(new OverlapCounts(both, more, less, rest));
            }
        }, iter: 200);

    [Fact]
    public void Read_GivesEveryGreyValueBack()
    {
        var file = Path.Combine(_folder, "labels.png");
        Invented.WritePng(file, 16, 16, SKColorType.Gray8, (x, y) => Invented.Grey((byte)((16 * y) + x)));
        LabelMap.Read(file)!.Labels.Should().Equal(Enumerable.Range(0, 256).Select(i => (byte)i));
    }

    [Fact]
    public void MissingOrBrokenFile_GivesNothing()
    {
        var file = Path.Combine(_folder, "broken.png");
        File.WriteAllText(file, "not a picture");
        LabelMap.Read(file).Should().BeNull();
        LabelMap.Read(Path.Combine(_folder, "none.png")).Should().BeNull();
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(1, 1, "#00e676")]
    [InlineData(0, 1, "#ff00c8")]
    [InlineData(1, 0, "#40c4ff")]
    [InlineData(255, 1, "#808080")]
    public void TwoClasses_AreTintedByAgreement(byte truth, byte predicted, string? tint) =>
        new OverlayColours(["background", "disc"], ignored: true).Tint(truth, predicted).Should().Be(tint is null ? null : SKColor.Parse(tint));

    [Fact]
    public void MoreClasses_AreTintedByThePrediction()
    {
        var colours = new OverlayColours(["background", .. Enumerable.Range(1, 19).Select(i => $"class {i}")], ignored: false);
        var tints = Enumerable.Range(1, 19).Select(k => colours.Tint(0, (byte)k)).ToArray();
        tints.Should().OnlyHaveUniqueItems().And.NotContainNulls();
        colours.Meanings.Select(meaning => (SKColor?)meaning.Colour).Should().Equal(tints);
        colours.Tint(5, 0).Should().BeNull();
    }

    [Fact]
    public void WithoutABackground_EveryClassHasItsTint()
    {
        string[] names = ["road", "car"];
        var colours = new OverlayColours(names, ignored: true);
        colours.Meanings.Select(meaning => meaning.Meaning).Should().Equal("road", "car", "ignored");
        colours.Meanings.Take(2).Select(meaning => (SKColor?)meaning.Colour).Should().Equal(colours.Tint(1, 0), colours.Tint(0, 1));
        (colours.Tint(1, 0) == colours.Tint(0, 1)).Should().Be(false);
        colours.Tint(255, 0).Should().Be(OverlayColours.Ignored);
    }
}
