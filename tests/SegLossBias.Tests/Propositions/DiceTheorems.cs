using SegLossBias.Tests.Support;
using static SegLossBias.Tests.Propositions.FullScenes;

namespace SegLossBias.Tests.Propositions;

/// <summary>Liu et al., arXiv:2104.08717, Sec. 2: what log-Dice is made of, and where its hidden size penalty leads.</summary>
public class DiceTheorems
{
    private const long Ignore = Scene.Ignore;

    /// <summary>−Σ_k log Dice_k = D_F + D_B − K·log 2, with D_F = −Σ_k log(I_k/T_k) and D_B = Σ_k log(p̂_k+ŷ_k) − Σ_k log ŷ_k.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void LogDiceDecomposition_IntoMatchingTermAndSizeBias(SegmentationMode mode)
    {
        using var logDice = new SegmentationLoss(new LogDice { Pooling = Pooling.Image }) { Mode = mode, IgnoreIndex = Ignore, Reduction = Reduction.None };
        using var diceBias = new SegmentationLoss(new DiceBias { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 }) { Mode = mode, IgnoreIndex = Ignore, Reduction = Reduction.None };
        Any(mode).Sample(scene =>
        {
            var matching = MatchingTerm(scene);
            var bias = Values(scene, diceBias);
            var entropy = SumOverClasses(scene, region => -Math.Log(region.TargetProportion()));
            var sum = Values(scene, logDice).Select(mean => scene.Classes * mean).ToArray();
            sum.ShouldMatch(Each(scene, n => matching[n] + bias[n] + entropy[n] - (scene.Classes * Math.Log(2))));
        });
    }

    /// <summary>The same over a batch, whose pixels Dice pools: proportions are those of one image with all the pixels.</summary>
    [Fact]
    public void LogDiceDecomposition_OfAPooledBatch_IsThatOfOneImage()
    {
        using var pooled = new SegmentationLoss(new LogDice { Pooling = Pooling.Batch }) { IgnoreIndex = Ignore };
        using var single = new SegmentationLoss(new LogDice { Pooling = Pooling.Image }) { IgnoreIndex = Ignore };
        Any(SegmentationMode.Multiclass).Sample(scene =>
        {
            using var scope = NewDisposeScope();
            var logits = scene.LogitsTensor().permute(1, 0, 2).reshape(1, scene.Classes, scene.Images * scene.Pixels);
            var target = scene.TargetTensor().reshape(1, scene.Images * scene.Pixels);
            scene.Evaluate(pooled).Value.ShouldMatch(single.call(logits, target).item<double>());
        });
    }

    /// <summary>Proposition 1 (Jensen): D_F ≤ Σ_k C_k/T_k, the log of a mean is at least the mean of the logs.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Proposition1_Jensen_MatchingTermIsAtMostRegionCrossEntropy(SegmentationMode mode) =>
        Any(mode).Sample(scene => MatchingTerm(scene).Zip(RegionCrossEntropy(scene)).Should().AllSatisfy(pair =>
            pair.First.Should().BeLessThanOrEqualTo(pair.Second + Tolerance.Identity)));

    /// <summary>
    /// Proposition 1, equality only if p is constant on each region: −log is strongly convex with modulus 1 on (0, 1],
    /// hence Σ_k C_k/T_k − D_F ≥ ½ Σ_k Var_k(p).
    /// </summary>
    [Fact]
    public void Proposition1_Jensen_GapIsAtLeastHalfTheVarianceOfTheProbabilities() =>
        Any(SegmentationMode.Multiclass).Sample(scene =>
        {
            var variance = SumOverClasses(scene, region =>
            {
                var p = Enumerable.Range(0, (int)scene.Pixels).Select(i => (long)i).Where(i => region.Weight(i) * region.Membership(i) > 0).Select(i => region.Probability(i)).ToArray();
                return p.Select(value => Math.Pow(value - p.Average(), 2)).Average();
            });
            var gap = RegionCrossEntropy(scene).Zip(MatchingTerm(scene), (upper, lower) => upper - lower);
            gap.Zip(variance).Should().AllSatisfy(pair => pair.First.Should().BeGreaterThanOrEqualTo((pair.Second / 2) - Tolerance.Identity));
        });

    /// <summary>Proposition 1, equality if p is constant on each region, here because the logits depend on the label alone.</summary>
    [Fact]
    public void Proposition1_Jensen_EqualityWhereProbabilitiesAreConstantOnEachRegion() =>
        (from scene in Any(SegmentationMode.Multiclass)
         from table in Gen.Double[-3, 3].Array[(int)(scene.Images * scene.Classes * scene.Classes)]
         select scene with { Logits = ByLabel(scene, table) })
        .Sample(scene => MatchingTerm(scene).ShouldMatch(RegionCrossEntropy(scene)));

    /// <summary>Proposition 2: Σ_k log(p̂_k+ŷ_k) is smallest at the vertex of the largest ŷ_k, where it is log(1+ŷ_m) + Σ_{k≠m} log ŷ_k.</summary>
    [Fact]
    public void Proposition2_DiceBias_IsMinimalAtTheVertexOfTheLargestRegion() => EachOnSimplex((prediction, _, labels) =>
    {
        var sizes = Enumerable.Range(0, prediction.Length).Select(k => labels.Count(label => label == k) / (double)labels.Length).ToArray();
        var largest = Array.IndexOf(sizes, sizes.Max());
        var minimum = Math.Log(1 + sizes[largest]) + sizes.Where((_, k) => k != largest).Sum(Math.Log);

        DiceBias(Vertex(prediction.Length, largest), labels).ShouldMatch(minimum, "at the vertex");
        DiceBias(prediction, labels).Should().BeGreaterThanOrEqualTo(minimum - Tolerance.Identity);
        Enumerable.Range(0, prediction.Length).Should().AllSatisfy(k =>
            DiceBias(Vertex(prediction.Length, k), labels).Should().BeGreaterThanOrEqualTo(minimum - Tolerance.Identity));
    });

    /// <summary>Proposition 2: the Dice bias is concave on the simplex, so that a minimum is at a vertex.</summary>
    [Fact]
    public void Proposition2_DiceBias_IsConcaveOnTheSimplex() => EachOnSimplex((p, q, labels) =>
    {
        foreach (var t in (double[])[0.1, 0.5, 0.9])
        {
            DiceBias([.. p.Zip(q, (a, b) => (t * a) + ((1 - t) * b))], labels)
                .Should().BeGreaterThanOrEqualTo((t * DiceBias(p, labels)) + ((1 - t) * DiceBias(q, labels)) - Tolerance.Identity);
        }
    });

    /// <summary>
    /// Proposition 2, the Hessian: along a step from class 1 to class 0 the second derivative is
    /// −1/(p̂_0+ŷ_0)² − 1/(p̂_1+ŷ_1)². The appendix prints 1/p̂², which would be far off.
    /// </summary>
    [Fact]
    public void Proposition2_DiceBias_HasTheHessianOfItsSum() => EachOnSimplex((prediction, _, labels) =>
    {
        const double step = 1e-4;
        double At(double shift) => DiceBias([prediction[0] + shift, prediction[1] - shift, .. prediction[2..]], labels);
        double Curvature(int k) => -1 / Math.Pow(prediction[k] + (labels.Count(label => label == k) / (double)labels.Length), 2);

        var expected = Curvature(0) + Curvature(1);
        ((At(step) - (2 * At(0)) + At(-step)) / (step * step) / expected).ShouldBeClose(1, 1e-4);
    });

    /// <summary>−log t ≥ 1 − t: log-Dice bounds linear Dice, whatever the options they share.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void LogDice_IsAnUpperBoundOfDice(SegmentationMode mode)
    {
        foreach (var (pooling, absent) in (from pooling in Enum.GetValues<Pooling>() from absent in Enum.GetValues<AbsentClass>() select (pooling, absent)).ToArray())
        {
            using var logDice = new SegmentationLoss(new LogDice { Pooling = pooling, Absent = absent }) { Mode = mode, IgnoreIndex = Ignore };
            using var dice = new SegmentationLoss(new Dice { Pooling = pooling, Absent = absent }) { Mode = mode, IgnoreIndex = Ignore };
            Scenes.Any(mode, withIgnored: true).Sample(
                scene => scene.Evaluate(logDice).Value.Should().BeGreaterThanOrEqualTo(scene.Evaluate(dice).Value - Tolerance.Identity),
                iter: 30);
        }
    }

    /// <summary>D_F of each image: −Σ_k log(I_k/T_k) from the library's statistics.</summary>
    private static double[] MatchingTerm(Scene scene)
    {
        using var scope = NewDisposeScope();
        using var regions = RegionStatistics.Compute(scene.LogitsTensor(), scene.TargetTensor(), scene.Mode, Ignore, RegionStatistic.Overlap);
        return Evaluation.Numbers(regions.Overlap.div(regions.TargetSize).log().neg().sum(1));
    }

    /// <summary>Σ_k C_k/T_k of each image: the paper's cross-entropy, of multilabel channels the foreground alone.</summary>
    private static double[] RegionCrossEntropy(Scene scene)
    {
        if (scene.Mode != SegmentationMode.Multiclass)
        {
            using var scope = NewDisposeScope();
            using var regions = RegionStatistics.Compute(scene.LogitsTensor(), scene.TargetTensor(), scene.Mode, Ignore, RegionStatistic.NegativeLogLikelihood);
            return Evaluation.Numbers(regions.NegativeLogLikelihood.div(regions.TargetSize).sum(1));
        }

        using var loss = new SegmentationLoss(new CrossEntropy { Form = CrossEntropyForm.Region }) { IgnoreIndex = Ignore, Reduction = Reduction.None };
        return Values(scene, loss);
    }

    private static double[] ByLabel(Scene scene, double[] table)
    {
        var (classes, pixels) = (scene.Classes, scene.Pixels);
        return [.. scene.Logits.Select((_, index) =>
        {
            var (image, channel, pixel) = (index / (classes * pixels), index / pixels % classes, index % pixels);
            var label = scene.Labels[(image * pixels) + pixel];
            return label == Ignore ? 0 : table[(((image * classes) + label) * classes) + channel];
        })];
    }

    /// <summary>D_B without its constant, at a prediction of these proportions.</summary>
    private static double DiceBias(double[] proportions, long[] labels)
    {
        using var loss = new SegmentationLoss(new DiceBias { Temperature = 1, ClassReduction = ClassReduction.Sum, Epsilon = 0 });
        return Predicting(proportions, labels).Evaluate(loss).Value;
    }

    private static void EachOnSimplex(Action<double[], double[], long[]> check) =>
        (from classes in Gen.Int[2, 5]
         from p in Proportions(classes)
         from q in Proportions(classes)
         from labels in Labels(classes)
         select (p, q, labels)).Sample(draw => check(draw.p, draw.q, draw.labels));

    /// <summary>All mass on one class; 1e-300 beside 1 is nothing.</summary>
    private static double[] Vertex(int classes, int k) => [.. Enumerable.Range(0, classes).Select(j => j == k ? 1 : 1e-300)];

    private static double[] Each(Scene scene, Func<int, double> value) => [.. Enumerable.Range(0, (int)scene.Images).Select(value)];
}
