using SegLossBias.Tests.Support;
using static SegLossBias.Tests.Propositions.FullScenes;

namespace SegLossBias.Tests.Propositions;

/// <summary>Liu et al., arXiv:2104.08717, Prop. 3 and App. A.3: what cross-entropy is made of.</summary>
public class CrossEntropyTheorems
{
    private const long Ignore = Scene.Ignore;

    /// <summary>CE = H(F|K) + D_KL(ŷ‖p̂) + H(ŷ), with H(F|K) = −1/|V| Σ_i log(p_{i,y_i} / p̂_{y_i}); each image, each channel.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Proposition3_CrossEntropy_IsConditionalEntropyPlusKlPlusEntropy(SegmentationMode mode)
    {
        using var crossEntropy = new SegmentationLoss(new CrossEntropy()) { Mode = mode, IgnoreIndex = Ignore, Reduction = Reduction.None };
        using var divergence = new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 }) { Mode = mode, IgnoreIndex = Ignore, Reduction = Reduction.None };

        // The mean over the entries of all channels is the mean of their cross-entropies only where all have as many
        // valid entries, so multilabel scenes have none ignored.
        var isPerChannel = mode == SegmentationMode.Multilabel;
        Any(mode, withIgnored: !isPerChannel).Sample(scene =>
        {
            var conditional = SumOverRegions(scene, region => (region.NegativeLogLikelihood + (region.TargetSize * Math.Log(region.PredictedProportion()))) / region.ValidSize);
            var entropy = SumOverRegions(scene, region => -region.TargetProportion() * Math.Log(region.TargetProportion()));
            var kl = Values(scene, divergence);
            var channels = isPerChannel ? scene.Classes : 1;

            Values(scene, crossEntropy).Select(mean => channels * mean).ToArray().ShouldMatch(
                [.. Enumerable.Range(0, (int)scene.Images).Select(n => conditional[n] + kl[n] + entropy[n])]);
        });
    }

    /// <summary>Proposition 3 with absent classes: 0 log 0 = 0, and the identity stays.</summary>
    [Fact]
    public void Proposition3_CrossEntropy_HoldsWhereClassesAreAbsent()
    {
        using var crossEntropy = new SegmentationLoss(new CrossEntropy());
        using var divergence = new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 });
        Scenes.Any(SegmentationMode.Multiclass).Where(scene => scene.Images == 1).Sample(
            scene =>
            {
                var conditional = SumOverRegions(scene, region => (region.NegativeLogLikelihood + (region.TargetSize * Math.Log(region.PredictedProportion()))) / region.ValidSize)[0];
                var entropy = SumOverRegions(scene, region => region.TargetSize == 0 ? 0 : -region.TargetProportion() * Math.Log(region.TargetProportion()))[0];
                scene.Evaluate(crossEntropy).Value.ShouldMatch(conditional + scene.Evaluate(divergence).Value + entropy);
            });
    }

    /// <summary>Gibbs: D_KL(ŷ‖p̂) ≥ 0 and the L1 distance ≥ 0.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Gibbs_KlDivergence_IsNeverNegative(SegmentationMode mode)
    {
        using var divergence = new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 }) { Mode = mode, IgnoreIndex = Ignore };
        Scenes.Any(mode, withIgnored: true).Sample(scene => scene.Evaluate(divergence).Value.Should().BeGreaterThanOrEqualTo(-Tolerance.Identity));
    }

    /// <summary>
    /// The size penalty of cross-entropy is minimal at the true proportions: at p̂ = ŷ both KL and L1 are 0, and KL is
    /// stationary. Dice's is not, unless all regions are equal.
    /// </summary>
    [Fact]
    public void TrueProportions_MinimiseKlAndL1ButNotTheDiceBias() =>
        (from classes in Gen.Int[2, 5] from labels in Labels(classes) select (classes, labels)).Sample(draw =>
        {
            var truth = Enumerable.Range(0, draw.classes).Select(k => draw.labels.Count(label => label == k) / (double)draw.labels.Length).ToArray();
            var scene = Predicting(truth, draw.labels);
            using var kl = new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 });
            using var l1 = new SegmentationLoss(new RegionSizeL1 { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 });
            using var diceBias = new SegmentationLoss(new DiceBias { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 });

            var (divergence, slope) = scene.Evaluate(kl);

            divergence.ShouldMatch(0, "KL");
            slope.ShouldMatch(new double[slope.Length], "the gradient of KL");
            scene.Evaluate(l1).Value.ShouldMatch(0, "L1");

            // d/dz_k = Σ_i (p_k/|V|)·(1/(2ŷ_k) − Σ_j p_j/(2ŷ_j)) = (1 − K·ŷ_k)/(2|V|) in every pixel: to the larger regions.
            scene.Evaluate(diceBias).Gradient.ShouldMatch(
                [.. truth.SelectMany(y => Enumerable.Repeat((1 - (draw.classes * y)) / (2 * draw.labels.Length), draw.labels.Length))], "Dice bias");
        });

    /// <summary>Pinsker: D_KL(ŷ‖p̂) ≥ ‖ŷ − p̂‖₁² / 2 in nats.</summary>
    [Fact]
    public void Pinsker_KlBoundsTheSquareOfL1()
    {
        using var kl = new SegmentationLoss(new RegionSizeKl { Temperature = 1, Epsilon = 0 }) { IgnoreIndex = Ignore, Reduction = Reduction.None };
        using var l1 = new SegmentationLoss(new RegionSizeL1 { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 }) { IgnoreIndex = Ignore, Reduction = Reduction.None };
        Scenes.Any(SegmentationMode.Multiclass, withIgnored: true).Sample(scene =>
            Values(scene, kl).Zip(Values(scene, l1)).Should().AllSatisfy(pair =>
                pair.First.Should().BeGreaterThanOrEqualTo((pair.Second * pair.Second / 2) - Tolerance.Identity)));
    }

    /// <summary>Pinsker of a channel: foreground and background differ by as much, so D_KL ≥ 2·(ŷ − p̂)².</summary>
    [Fact]
    public void Pinsker_OfTwoRegions_KlBoundsTwiceTheSquareOfL1()
    {
        using var kl = new SegmentationLoss(new RegionSizeKl { Temperature = 10, Epsilon = 0 }) { Mode = SegmentationMode.Binary, IgnoreIndex = Ignore, Reduction = Reduction.None };
        using var l1 = new SegmentationLoss(new RegionSizeL1 { Temperature = 10, Epsilon = 0 }) { Mode = SegmentationMode.Binary, IgnoreIndex = Ignore, Reduction = Reduction.None };
        Scenes.Any(SegmentationMode.Binary, withIgnored: true).Sample(scene =>
            Values(scene, kl).Zip(Values(scene, l1)).Should().AllSatisfy(pair =>
                pair.First.Should().BeGreaterThanOrEqualTo((2 * pair.Second * pair.Second) - Tolerance.Identity)));
    }
}
