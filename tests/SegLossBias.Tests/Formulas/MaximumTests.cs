namespace SegLossBias.Tests.Formulas;

/// <summary>The largest over regions or images: its value, and its gradient where one is the largest and where several are.</summary>
public class MaximumTests
{
    [Theory]
    [InlineData(Axis.Classes)]
    [InlineData(Axis.Images)]
    public void Largest_HasTheValueAndGradientOfThatRegion(Axis axis)
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, seed: 5);
        double[] sizes = [.. from n in Enumerable.Range(0, 2) from k in Enumerable.Range(0, 3) select Oracles.PlainRegion.Foreground(scene, n, k).PredictedSize()];
        var expected = axis == Axis.Classes ? (sizes[..3].Max() + sizes[3..].Max()) / 2 : Enumerable.Range(0, 3).Sum(k => Math.Max(sizes[k], sizes[3 + k]));

        Formula Largest(Regions regions) => regions.All.PredictedSize().Max(axis) is var largest && axis == Axis.Images ? largest.Sum(Axis.Classes) : largest;
        using var numbers = new SegmentationLoss(new FormulaTerm(Largest));
        using var tensors = new SegmentationLoss(new FormulaTerm(regions => Largest(regions).ByTensors("same", value => value.alias())));
        var (value, gradient) = scene.Evaluate(numbers);
        value.ShouldBeClose(expected, Tolerance.Identity);
        var (same, sameGradient) = scene.Evaluate(tensors);
        same.ShouldBeClose(expected, Tolerance.Identity);
        gradient.ShouldBeClose(sameGradient, Tolerance.Identity);

        // Only the pixels of an image whose class is the largest move it.
        var step = 1e-6;
        for (var entry = 0; entry < scene.Logits.Length; entry += 7)
        {
            double At(double difference) => (scene with { Logits = [.. scene.Logits.Select((z, i) => i == entry ? z + difference : z)] }).Evaluate(numbers).Value;
            gradient[entry].ShouldBeClose((At(step) - At(-step)) / (2 * step), Tolerance.FiniteDifference);
        }
    }

    [Fact]
    public void EqualRegions_ShareTheGradient()
    {
        var scene = new Scene(SegmentationMode.Multilabel, [1, 3, 2], [0.3, -1, 0.3, -1, -5, -5], [1, 0, 1, 0, 0, 0]);
        using var numbers = new SegmentationLoss(new FormulaTerm(regions => regions.Foreground.PredictedSize().Max(Axis.Classes))) { Mode = SegmentationMode.Multilabel };
        var slope = 0.5 * Math.Exp(-0.3) / Math.Pow(1 + Math.Exp(-0.3), 2);
        var (_, gradient) = scene.Evaluate(numbers);
        gradient[0].ShouldBeClose(slope, Tolerance.Identity);
        gradient[2].ShouldBeClose(slope, Tolerance.Identity);
        gradient[4..].Should().OnlyContain(entry => entry == 0);
    }

    /// <summary>Of two sizes of each region, unlike that of all regions.</summary>
    [Fact]
    public void SmallerOfTwo_IsThatOfEachRegion()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, seed: 5);
        var expected = Enumerable.Range(0, 2).Average(n => Oracles.PlainRegion.All(scene, n).Sum(region => Math.Min(region.PredictedSize(), region.TargetSize)));
        using var loss = new SegmentationLoss(new FormulaTerm(regions => Formula.Min(regions.All.PredictedSize(), regions.All.TargetSize).Sum(Axis.Classes)));
        scene.Evaluate(loss).Value.ShouldBeClose(expected, Tolerance.Identity);
    }

    [Fact]
    public void Text_NamesTheAxis() =>
        new Regions(SegmentationMode.Multiclass, 3, 0).All.TargetSize.Max(Axis.Classes).ToString().Should().Be("max_k T");

    private sealed class FormulaTerm(Func<Regions, Formula> formula) : RegionTerm("Formula")
    {
        protected override LossFormula Define(Regions regions) => formula(regions);
    }
}
