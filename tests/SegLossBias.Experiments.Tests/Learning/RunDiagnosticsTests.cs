using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>What a run leaves as diagnostics.json, against sums over the labels and the gradient that equal logits have.</summary>
public class RunDiagnosticsTests
{
    private const int Classes = 3;

    /// <summary>The first pixel of each case is ignored.</summary>
    private const int Valid = (Tiny.Side * Tiny.Side) - 1;

    [Fact]
    public void TheValidationCases_AreMeasuredAfterTheLastEpoch()
    {
        using var data = Tiny.Splits();
        var found = Train("RCE(L1)", data, new ConstantPredictor());

        found.Batches.Should().Be(data.Validation.Count);
        found.Sizes.Sum(bin => bin.Images).Should().Be(data.Validation.Count * Classes);
        for (var label = 0; label < Classes; label++)
        {
            var truth = data.Validation.Sum(item => item.Labels.Bytes().Count(value => value == label)) / (double)Valid;
            found.Sizes.Where(bin => bin.Region == $"{label}").Sum(bin => bin.Images * bin.TrueProportion).Should().BeApproximately(truth, 1e-9);
        }

        found.Sizes.Should().OnlyContain(bin => Math.Abs(bin.PredictedProportion - (1.0 / Classes)) < 1e-6, "all probabilities are equal");
    }

    /// <summary>Of a pixel the gradient of the cross-entropy is (p − y)/|V|, and its square (2/3)² + 2·(1/3)² = 2/3 over |V|².</summary>
    [Fact]
    public void TheGradient_IsThatOfTheTerms()
    {
        using var data = Tiny.Splits();
        var found = Train("RCE(L1)", data, new ConstantPredictor());
        found.Gradients.Select(term => term.Term).Should().Equal("CE", "L1", "all");
        found.Gradients[0].Norm.Should().BeApproximately(Math.Sqrt(2.0 / 3 / Valid), 1e-6);
        found.Gradients.SkipLast(1).Sum(term => term.Share).Should().BeApproximately(1, 1e-9);
        var background = data.Validation.Average(item => item.Labels.Bytes().Count(value => value == 0) / (double)Valid);
        found.Gradients[0].Regions[0].Should().BeApproximately(background, 1e-6, "every pixel pulls alike");
    }

    [Fact]
    public void OneTerm_HasAllOfTheGradient()
    {
        using var data = Tiny.Splits();
        Train("CE", data).Gradients.Select(term => (term.Term, term.Share)).First().Should().Be(("CE", 1.0));
    }

    [Fact]
    public void OneLogit_HasTheForegroundFirst()
    {
        using var data = new CaseSplits([.. Enumerable.Range(0, 8).Select(i => Square($"train-{i}"))], [Square("validation")], [], ["background", "square"], null, "made for a test");
        var found = Train("CE", data, mode: OutputMode.Binary);
        found.Sizes.Select(bin => bin.Region).Should().Equal("1", "0");
        found.Sizes[0].TrueProportion.Should().BeApproximately(25.0 / (Tiny.Side * Tiny.Side), 1e-9);
    }

    private static Case Square(string name)
    {
        var labels = new byte[Tiny.Side, Tiny.Side];
        for (var i = 0; i < 25; i++)
        {
            labels[3 + (i / 5), 4 + (i % 5)] = 1;
        }

        return Tiny.Picture(name, labels);
    }

    private static RegionSizeDiagnostics Train(string loss, CaseSplits data, IPredictor? predictor = null, OutputMode mode = OutputMode.Multiclass)
    {
        var settings = Tiny.Settings(epochs: 1, loss: loss) with { Mode = mode };
        var key = new RunKey(settings.Losses[0], 1);
        using var folder = new TemporaryFolder();
        using var progress = new RecordedProgress();
        Tiny.Trainer(settings, data, predictor).Train(key, folder.Path, progress, progress.Stop);
        return RegionSizeDiagnostics.Load(Path.Combine(ResultFolder.RunFolder(folder.Path, key), ResultFolder.DiagnosticsFile));
    }
}
