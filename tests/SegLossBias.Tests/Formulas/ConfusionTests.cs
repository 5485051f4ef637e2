using SegLossBias.Tests.Oracles;

namespace SegLossBias.Tests.Formulas;

/// <summary>Rows of the confusion matrix as a word of formulas, and as a statistic of its own.</summary>
public class ConfusionTests
{
    /// <summary>What the entries of the matrix weigh in <see cref="Value"/>.</summary>
    private static double Factor(int trueClass, long predicted) => 1 + (trueClass * 0.5) - (predicted * 0.25);

    [Theory]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void Rows_AreThoseOfPlainLoops(int classes, bool isPooled)
    {
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, [2, classes, 4, 5], seed: 8, ignored: 0.2);
        using var loss = new SegmentationLoss(new FormulaTerm(regions => Value(regions, isPooled))) { IgnoreIndex = Scene.Ignore };
        double Plain(double[] logits)
        {
            var at = scene with { Logits = logits };
            double Entry(long n, int j, long k) => PlainRegion.Foreground(at, n, k).Confusion(j);
            double OfImages(long[] images) => Enumerable.Range(0, classes).Sum(j => Enumerable.Range(0, classes).Sum(k => Factor(j, k) * Math.Pow(images.Sum(n => Entry(n, j, k)), 2)));
            return isPooled ? OfImages([0, 1]) : (OfImages([0]) + OfImages([1])) / 2;
        }

        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            var (value, gradient) = scene.Evaluate(loss);
            value.ShouldBeClose(Plain(scene.Logits), Tolerance.Of(ScalarType.Float64), implementation.ToString());
            gradient.ShouldBeClose(Gradients.FiniteDifferences.Gradient(Plain, [.. scene.Logits]), Tolerance.FiniteDifference, implementation.ToString());
        }
    }

    [Fact]
    public void Statistic_IsReadOutsideOfALoss()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        RegionStatistic[] rows = [RegionStatistic.Confusion(0), RegionStatistic.Confusion(1), RegionStatistic.Confusion(2)];
        using var statistics = RegionStatistics.Compute(scene.LogitsTensor(), scene.TargetTensor(), SegmentationMode.Multiclass, Scene.Ignore, [.. rows, RegionStatistic.PredictedSize()]);
        var matrix = stack([.. rows.Select(row => statistics[row])], 1);
        Evaluation.Numbers(matrix.sum(2L)).ShouldBeClose(Evaluation.Numbers(statistics.TargetSize), Tolerance.Identity);
        Evaluation.Numbers(matrix.sum(1L)).ShouldBeClose(Evaluation.Numbers(statistics.PredictedSize()), Tolerance.Identity);
        rows[2].ToString().Should().Be("Confusion(2)");
    }

    [Fact]
    public void Text_NumbersTheRow() =>
        new Regions(SegmentationMode.Multiclass, 12, 0).All.Confusion(11).Sum(Axis.Classes).ToString().Should().Be("Σ_k N₁₁");

    [Theory]
    [InlineData(SegmentationMode.Binary, 0, "a confusion matrix is of exclusive classes, but the mode is Binary*")]
    [InlineData(SegmentationMode.Multilabel, 0, "a confusion matrix is of exclusive classes, but the mode is Multilabel*")]
    [InlineData(SegmentationMode.Multiclass, 3, "the true class of a row of the confusion matrix is 3, but the logits have 3 classes; name one of 0..2*")]
    public void WhatIsNoRow_IsRefused(SegmentationMode mode, int trueClass, string message)
    {
        var scene = Scenes.Usual(mode);
        using var loss = new SegmentationLoss(new FormulaTerm(regions => regions.All.Confusion(trueClass).Sum(Axis.Classes))) { Mode = mode };
        FluentActions.Invoking(() => scene.Evaluate(loss)).Should().Throw<ArgumentException>().WithMessage(message);
        FluentActions.Invoking(() => RegionStatistics.Compute(scene.LogitsTensor(), scene.TargetTensor(), mode, null, RegionStatistic.Confusion(trueClass))).Should().Throw<ArgumentException>().WithMessage(message);
    }

    /// <summary>Σ of the squares of all entries, each with a factor of its own.</summary>
    private static Formula Value(Regions regions, bool isPooled)
    {
        var r = isPooled ? regions.All.Pooled(Pooling.Batch) : regions.All;
        Formula total = 0;
        for (var j = 0; j < regions.Channels; j++)
        {
            for (var k = 0; k < regions.Channels; k++)
            {
                var entry = r.Only(ClassSelection.Of(k)).Confusion(j);
                total += Factor(j, k) * entry * entry;
            }
        }

        return total;
    }

    private sealed class FormulaTerm(Func<Regions, Formula> formula) : RegionTerm("Formula")
    {
        protected override LossFormula Define(Regions regions) => formula(regions);
    }
}
