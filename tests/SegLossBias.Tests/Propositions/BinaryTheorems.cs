using SegLossBias.Tests.Support;
using static SegLossBias.Tests.Propositions.FullScenes;

namespace SegLossBias.Tests.Propositions;

/// <summary>Liu et al., arXiv:2104.08717, App. B: foreground against background, where Dice looks at the foreground alone.</summary>
public class BinaryTheorems
{
    private const SegmentationMode Binary = SegmentationMode.Binary;

    /// <summary>Eq. B.1 and B.2: D_F1 = −log(I/T) ≤ C/T, the foreground's share of the cross-entropy, which is at most all of it.</summary>
    [Fact]
    public void AppendixB_ForegroundMatchingTerm_IsAtMostForegroundCrossEntropy()
    {
        using var both = new SegmentationLoss(new CrossEntropy { Form = CrossEntropyForm.Region }) { Mode = Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None };
        Any(Binary).Sample(scene =>
        {
            using var scope = NewDisposeScope();
            using var regions = RegionStatistics.Compute(
                scene.LogitsTensor(), scene.TargetTensor(), Binary, Scene.Ignore, RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood);
            var matching = Evaluation.Numbers(regions.Overlap.div(regions.TargetSize).log().neg());
            var foreground = Evaluation.Numbers(regions.NegativeLogLikelihood.div(regions.TargetSize));
            var background = Evaluation.Numbers(regions.Background.NegativeLogLikelihood.div(regions.Background.TargetSize));

            matching.Zip(foreground).Should().AllSatisfy(pair => pair.First.Should().BeLessThanOrEqualTo(pair.Second + Tolerance.Identity));
            Values(scene, both).ShouldMatch([.. foreground.Zip(background, (f, b) => f + b)]);
        });
    }

    /// <summary>Eq. B.3: D_B1 = log(p̂_1 + ŷ_1) is smallest, log ŷ_1, for an empty foreground, however large the true one.</summary>
    [Fact]
    public void AppendixB_ForegroundSizeBias_IsMinimalForAnEmptyForeground()
    {
        using var bias = new SegmentationLoss(new DiceBias { Temperature = 1, Epsilon = 0 }) { Mode = Binary, IgnoreIndex = Scene.Ignore, Reduction = Reduction.None };
        Any(Binary).Sample(scene =>
        {
            var empty = Values(scene with { Logits = [.. scene.Logits.Select(_ => -1e4)] }, bias);
            empty.ShouldMatch(SumOverClasses(scene, region => Math.Log(region.TargetProportion())));
            Values(scene, bias).Zip(empty).Should().AllSatisfy(pair => pair.First.Should().BeGreaterThan(pair.Second));
        });
    }

    /// <summary>Eq. B.3: it grows with every logit, by σ(z)·(1−σ(z)) / (|V|·(p̂_1+ŷ_1)), so that descent shrinks the foreground everywhere.</summary>
    [Fact]
    public void AppendixB_ForegroundSizeBias_PushesEveryPixelToBackground()
    {
        using var bias = new SegmentationLoss(new DiceBias { Temperature = 1, Epsilon = 0 }) { Mode = Binary };
        Any(Binary, withIgnored: false).Sample(scene =>
        {
            var proportions = SumOverClasses(scene, region => region.PredictedProportion() + region.TargetProportion());
            double[] expected = [.. scene.Logits.Select((z, index) =>
            {
                var p = 1 / (1 + Math.Exp(-z));
                return p * (1 - p) / (scene.Images * scene.Pixels * proportions[index / scene.Pixels]);
            })];
            scene.Evaluate(bias).Gradient.ShouldMatch(expected);
            expected.Should().AllSatisfy(slope => slope.Should().BePositive());
        });
    }
}
