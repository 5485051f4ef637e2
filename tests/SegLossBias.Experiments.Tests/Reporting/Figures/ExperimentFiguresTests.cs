using SkiaSharp;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public sealed class ExperimentFiguresTests : IDisposable
{
    private const string Ten = "RCE(L1):lambda=10";

    private static readonly OverlapCounts Nothing = new(0, 0, 0, 100);
    private static readonly OverlapCounts FalseAlarm = new(0, 5, 0, 95);
    private static readonly OverlapCounts Missed = new(0, 0, 7, 93);

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ElevenLosses_AllAppearInTheirColoursInEveryFigure()
    {
        var results = Invented.Results(Invented.ElevenLosses);
        Invented.WriteShown(_folder, results, 64, 48);
        var drawn = ExperimentFigures.Draw(results, _folder);
        drawn.Files.Should().Equal("figure-4.png", "figure-5.png", "figure-f7.png", "region-sizes.png");
        drawn.LeftOut.Should().BeEmpty("nothing is said of a figure that these results do not have");
        foreach (var file in new[] { "figure-4.png", "figure-f7.png", "region-sizes.png" })
        {
            using var picture = Picture(file);
            foreach (var style in LossStyle.For(results.Settings.Losses))
            {
                Pixels(picture, style.Colour.ToHex()).Should().BeGreaterThan(40, "{0} shows every loss", file);
            }
        }
    }

    [Fact]
    public void LambdaGrid_IsDrawnBesidePlainCrossEntropy()
    {
        var results = Invented.Results(["CE", "RCE(L1):lambda=0.1", "RCE(L1)", Ten], epochs: 2, cases: 3);
        ExperimentFigures.Draw(results, _folder).Files.Should().Equal("figure-3.png", "figure-4.png", "figure-f7.png", "region-sizes.png");
        using var picture = Picture("figure-3.png");
        var styles = LossStyle.For(results.Settings.Losses);
        Pixels(picture, styles[2].Colour.ToHex()).Should().BeGreaterThan(500);
        Pixels(picture, styles[3].Colour.ToHex()).Should().Be(0, "one loss has one colour");
    }

    [Theory]
    [InlineData(64, 48, 4, 4, 192, 144, 6)]
    [InlineData(400, 100, 2, 2, 200, 50, 4)]
    [InlineData(64, 64, 2, 11, 192, 192, 8)]
    public void Overlays_HaveOnePanelForPictureTruthAndEachLoss(int width, int height, int classes, int losses, int panelWidth, int panelHeight, int columns)
    {
        var results = Invented.Results(Invented.ElevenLosses.Take(losses), seeds: 1, epochs: 1, cases: 3, classes: classes);
        Invented.WriteShown(_folder, results, width, height, cases: 2);
        var notes = new List<string>();
        OverlayFigure.Save(results, _folder, Path.Combine(_folder, "figure-5.png"), notes).Should().Be(true);
        notes.Should().BeEmpty();
        using var picture = Picture("figure-5.png");
        picture.Width.Should().Be(10 + (columns * (panelWidth + 10)));
        var blocks = (losses + columns - 3) / (columns - 2);
        picture.Height.Should().Be(88 + (blocks * (30 + (2 * (panelHeight + 34)))));
    }

    [Fact]
    public void MissingAndBrokenMasks_AreNamedAndLeftOut()
    {
        var results = Invented.Results(["CE", "Dice"], seeds: 1, epochs: 1, cases: 3);
        Invented.WriteShown(_folder, results, 40, 30, cases: 3);
        var mask = Path.Combine(ResultFolder.RunFolder(_folder, new(new("Dice"), 1)), "masks", "01.png");
        File.Delete(mask);
        File.WriteAllText(Path.Combine(_folder, "shown", "02-truth.png"), "broken");
        Invented.WritePng(Path.Combine(ResultFolder.RunFolder(_folder, new(new("CE"), 1)), "masks", "00.png"), 30, 40, SKColorType.Gray8, (_, _) => Invented.Grey(1));
        var drawn = ExperimentFigures.Draw(results, _folder);
        drawn.Files.Should().Contain("figure-5.png");
        drawn.LeftOut.Where(note => note.StartsWith("figure-5", StringComparison.Ordinal)).Should().HaveCount(3)
            .And.ContainMatch("*case 2 is left out*02-truth.png*")
            .And.ContainMatch("*CE, seed 1, case 0*00.png is missing, broken or of another size")
            .And.ContainMatch($"*Dice, seed 1, case 1*{mask}*");
    }

    [Fact]
    public void BrokenListOfShownCases_LeavesOutThatFigureAlone()
    {
        var list = Path.Combine(_folder, "shown", "shown.json");
        Directory.CreateDirectory(Path.GetDirectoryName(list)!);
        File.WriteAllText(list, "[{");
        var drawn = ExperimentFigures.Draw(Invented.Results(["CE"], seeds: 1, epochs: 1, cases: 2), _folder);
        drawn.Files.Should().Equal("figure-4.png", "figure-f7.png", "region-sizes.png");
        drawn.LeftOut.Should().ContainMatch($"figure-5.png: left out: {list} cannot be read*");
    }

    [Fact]
    public void OneCaseAndOneEpoch_AreDrawn()
    {
        var drawn = ExperimentFigures.Draw(Invented.Results(["CE"], seeds: 1, epochs: 1, cases: 1), _folder);
        drawn.Files.Should().Equal("figure-4.png", "figure-f7.png", "region-sizes.png");
        drawn.LeftOut.Should().Contain(note => note.StartsWith("figure-5.png: left out: there is no", StringComparison.Ordinal));
        using var picture = Picture("region-sizes.png");
        Pixels(picture, Palette.Of(0).ToHex()).Should().BeGreaterThan(40);
    }

    [Fact]
    public void NothingTrueAndAllMissed_AreDrawn()
    {
        var settings = Invented.Settings([new("CE"), new("Dice"), new("DBCE"), new("Focal")], [1], 1);
        var nan = Invented.Epoch(1, double.NaN, 0, 0, 0);
        var negative = Invented.Epoch(1, -0.5, 0.1, 0.07, 0);
        RunResult[] runs =
        [
            Invented.Run("CE", 1, [Nothing], [FalseAlarm]) with { Epochs = [nan] },
            Invented.Run("Dice", 1, [Missed], [Missed]) with { Epochs = [negative] },
            Invented.Run("DBCE", 1, [Missed], [FalseAlarm]),
            Invented.Run("Focal", 1, [Nothing], [Nothing]) with { Epochs = [], Note = "the loss became NaN" },
        ];
        IReadOnlyList<string> Files(params RunResult[] some) => ExperimentFigures.Draw(new(settings, some, []), _folder).Files;
        Files(runs[0]).Should().Equal("figure-4.png", "figure-f7.png");
        Files(runs[1]).Should().Equal("figure-4.png", "figure-f7.png", "region-sizes.png");
        Files(runs[3]).Should().BeEmpty("no case of it counts");
        Files(runs).Should().Equal("figure-4.png", "figure-f7.png", "region-sizes.png");
        using var picture = Picture("region-sizes.png");
        foreach (var style in LossStyle.For(settings.Losses).Skip(1).Take(2))
        {
            Pixels(picture, style.Colour.ToHex()).Should().BeGreaterThan(100, "sizes of 0 are drawn at the end of the axis");
        }
    }

    [Fact]
    public void NoFinishedRun_DrawsNothingAndSaysSo()
    {
        var settings = Invented.Settings([new("CE")], [1], 1);
        var drawn = ExperimentFigures.Draw(new(settings, [], [.. settings.Runs]), _folder);
        drawn.Files.Should().BeEmpty();
        drawn.LeftOut.Should().Equal("no figure is drawn: no run has a case with anything true or predicted");
        Directory.GetFiles(_folder).Should().BeEmpty();
    }

    [Fact]
    public void PaperFigures_AreDrawnFromTheLibrary()
    {
        PaperFigures.Draw(_folder).Should().Be(0);
        foreach (var (file, curves) in new[] { ("figure-2.png", 3), ("figure-c6.png", 4) })
        {
            using var picture = Picture(file);
            Enumerable.Range(0, curves).Select(i => Pixels(picture, Palette.Of(i).ToHex())).Should().OnlyContain(pixels => pixels > 1000);
        }
    }

    private static int Pixels(SKBitmap picture, string colour)
    {
        var wanted = SKColor.Parse(colour);
        return picture.Pixels.Count(pixel => pixel == wanted);
    }

    private SKBitmap Picture(string file) => PngFile.Read(Path.Combine(_folder, file))!;
}
