using SkiaSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public sealed class DiagnosticsFigureTests : IDisposable
{
    private const string Figure = "diagnostics.png";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryLossAndClass_IsShown()
    {
        var results = Invented.Results(["CE", "RCE(L1)", "Dice"], seeds: 2, epochs: 1, cases: 3, classes: 3);
        Save(results);
        ExperimentFigures.Draw(results, _folder.Path).Files.Should().Contain(Figure);
        using var picture = PngFile.Read(_folder[Figure])!;
        foreach (var colour in LossStyle.For(results.Settings.Losses).Select(style => style.Colour).Append(Palette.Of(Palette.Count - 1)).Append(Palette.Of(Palette.Count - 2)))
        {
            var wanted = SKColor.Parse(colour.ToHex());
            picture.Pixels.Count(pixel => pixel == wanted).Should().BeGreaterThan(40);
        }

        picture.Width.Should().BeLessThanOrEqualTo(920, "a page of 840 pixels shows it almost as it is");
    }

    [Fact]
    public void MoreClassesThanColours_AreDrawn()
    {
        var few = Invented.Results(["CE"], seeds: 1, epochs: 1, cases: 1);
        var results = few with { Runs = [.. few.Runs.Select(run => run with { Classes = [MeasuredClasses.Background, .. Enumerable.Range(1, 20).Select(k => $"class {k}")] })] };
        Save(results.Settings.Runs.First(), foreground: 1, classes: 21, probability: 0.01);
        ExperimentFigures.Draw(results, _folder.Path).Files.Should().Contain(Figure);
    }

    [Fact]
    public void WithoutDiagnostics_ThereIsNoFigureAndNoNote()
    {
        var drawn = ExperimentFigures.Draw(Invented.Results(["CE"], seeds: 1, epochs: 1, cases: 3), _folder.Path);
        drawn.Files.Should().NotContain(Figure);
        drawn.LeftOut.Should().NotContainMatch($"{Figure}*");
    }

    [Fact]
    public void ADamagedFile_IsNamedAndLeftOut()
    {
        var results = Invented.Results(["CE", "Dice"], seeds: 1, epochs: 1, cases: 3);
        Save(results);
        var file = FileOf(results.Settings.Runs.First());
        File.WriteAllText(file, "{}");
        var notes = new List<string>();
        RunDiagnostics.Of(LossSeries.Of(results), OutputMode.Multiclass, _folder.Path, notes).Select(loss => loss.Series.Loss.Name).Should().Equal("Dice");
        notes.Should().ContainSingle().Which.Should().StartWith($"{Figure}: left out: {file}");
    }

    /// <summary>Two seeds of one case each: 4 and 12 of 100 pixels, each predicted with a probability of 0.1.</summary>
    [Fact]
    public void Sizes_AreThoseOfAllSeedsByBinOfTheTrueSize()
    {
        var results = Invented.Results(["CE"], seeds: 2, epochs: 1, cases: 1);
        foreach (var (run, foreground) in results.Settings.Runs.Zip([4, 12]))
        {
            Save(run, foreground, classes: 2);
        }

        var found = RunDiagnostics.Of(LossSeries.Of(results), OutputMode.Multiclass, _folder.Path, []).Single();
        RunDiagnostics.Bins.Should().Equal("0 to 0.1 %", "0.1 to 1 %", "1 to 10 %", "10 to 100 %");
        found.Ratio(2).Should().BeApproximately(0.1 / 0.04, 1e-5);
        found.Ratio(3).Should().BeApproximately(0.1 / 0.12, 1e-5);
        found.Ratio(0).Should().Be(double.NaN, "no region is so small");
        found.Found.Batches.Should().Be(2);
    }

    [Fact]
    public void WithOneLogit_TheForegroundIsTheFirstRegion()
    {
        var results = Invented.Results(["CE"], seeds: 1, epochs: 1, cases: 1);
        Save(results);
        string[] Names(OutputMode mode) => [.. RunDiagnostics.Of(LossSeries.Of(results), mode, _folder.Path, []).Single().Classes];
        Names(OutputMode.Binary).Should().Equal("disc", "background");
        Names(OutputMode.Multiclass).Should().Equal("background", "disc");
    }

    private string FileOf(RunKey run) => Path.Combine(ResultFolder.RunFolder(_folder.Path, run), ResultFolder.DiagnosticsFile);

    private void Save(ExperimentResults results)
    {
        foreach (var run in results.Settings.Runs)
        {
            Save(run, foreground: 10, results.Runs[0].Classes.Count);
        }
    }

    /// <summary>A picture of 10×10 pixels; of each class but the background there are so many, with this probability everywhere.</summary>
    private void Save(RunKey run, int foreground, int classes, double probability = 0.1)
    {
        using var scope = NewDisposeScope();
        using var loss = run.Loss.Create(null, OutputMode.Multiclass, null);
        var probabilities = new double[classes];
        Array.Fill(probabilities, probability);
        probabilities[0] = 1 - (probability * (classes - 1));
        var logits = tensor(probabilities).log().view(1, classes, 1, 1).expand(1, classes, 10, 10);
        var labels = tensor(Enumerable.Range(0, 100).Select(i => i < foreground * (classes - 1) ? 1L + (i / foreground) : 0).ToArray()).view(1, 10, 10);
        var diagnostics = new RegionSizeDiagnostics();
        diagnostics.Add(loss, logits, labels);
        Directory.CreateDirectory(ResultFolder.RunFolder(_folder.Path, run));
        diagnostics.Save(FileOf(run));
    }
}
