using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Diagnostics;

/// <summary>What cross-entropy and log-Dice are made of, against the losses, plain loops and the identities of the paper.</summary>
public class LossDecompositionTests
{
    public static TheoryData<SegmentationMode, string, Pooling> Cases
    {
        get
        {
            var data = new TheoryData<SegmentationMode, string, Pooling>();
            foreach (var mode in Enum.GetValues<SegmentationMode>())
            {
                foreach (var kind in RichScenes.OfLabels.Append("hard").Where(kind => kind != "weights of channels" || mode == SegmentationMode.Multilabel))
                {
                    data.Add(mode, kind, Pooling.Batch);
                    data.Add(mode, kind, Pooling.Image);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parts_AddUp_ToTheLosses(SegmentationMode mode, string kind, Pooling pooling)
    {
        using var scope = NewDisposeScope();
        var scene = SceneOf(mode, kind);
        var parts = Of(scene, pooling);
        parts.Regions.Should().HaveCount((int)scene.Classes * (mode == SegmentationMode.Multiclass ? 1 : 2));
        foreach (var region in parts.Regions)
        {
            (region.CrossEntropyMatching + region.CrossEntropySizeBias + region.Entropy).ShouldMatch(region.CrossEntropy, $"CE of {region.Name}");
            (region.LogDiceMatching + region.LogDiceSizeBias - Math.Log(2)).ShouldMatch(region.LogDice, $"log-Dice of {region.Name}");
        }

        (parts.CrossEntropyMatching + parts.CrossEntropySizeBias + parts.Entropy).ShouldMatch(parts.CrossEntropy);
        (parts.LogDiceMatching + parts.LogDiceSizeBias - (parts.Present * Math.Log(2))).ShouldMatch(parts.LogDice);

        using var crossEntropy = new SegmentationLoss(new CrossEntropy()) { Mode = mode, IgnoreIndex = Scene.Ignore, Reduction = pooling == Pooling.Batch ? Reduction.Mean : Reduction.None };
        parts.CrossEntropy.ShouldMatch(Evaluation.Numbers(crossEntropy.call(scene.LogitsTensor(), scene.Target())).Average());
        using var logDice = new SegmentationLoss(new LogDice { Pooling = pooling, Absent = AbsentClass.LeaveOut, Epsilon = 1e-300 }) { Mode = mode, IgnoreIndex = Scene.Ignore };
        var ofForeground = parts.Regions.Take((int)scene.Classes).Where(region => region.IsPresent).Average(region => region.LogDice);
        Evaluation.Scalar(logDice, scene.LogitsTensor(), scene.Target()).Value.ShouldMatch(ofForeground, "log-Dice of the foregrounds");
    }

    /// <summary>Each part of each region of an image, from loops over its pixels.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Regions_AreThoseOfPlainLoops(SegmentationMode mode) =>
        Scenes.Any(mode, withIgnored: true).Where(scene => scene.Images == 1).Sample(scene =>
        {
            using var scope = NewDisposeScope();
            var parts = Of(scene, Pooling.Batch);
            PlainRegion[] plain = [.. PlainRegion.All(scene, 0).Where(region => !region.IsBackground), .. PlainRegion.All(scene, 0).Where(region => region.IsBackground)];
            var valid = mode == SegmentationMode.Multiclass ? plain[0].ValidSize : plain.Sum(region => region.TargetSize);
            parts.Regions.Should().HaveCount(plain.Length);
            for (var k = 0; k < plain.Length; k++)
            {
                var (region, expected) = (parts.Regions[k], plain[k]);
                var (y, p) = (expected.TargetProportion(), expected.PredictedProportion());
                var share = valid == 0 ? 0 : expected.ValidSize / valid;
                region.IsPresent.Should().Be(expected.TargetSize > 0);
                region.TrueProportion.ShouldMatch(y);
                region.PredictedProportion.ShouldMatch(p);
                region.CrossEntropy.ShouldMatch(valid == 0 ? 0 : expected.NegativeLogLikelihood / valid);
                if (!region.IsPresent)
                {
                    new[] { region.CrossEntropy, region.CrossEntropyMatching, region.CrossEntropySizeBias, region.Entropy }.Should().OnlyContain(part => part == 0);
                    new[] { region.LogDice, region.LogDiceMatching, region.LogDiceSizeBias }.Should().OnlyContain(part => double.IsNaN(part));
                    continue;
                }

                region.CrossEntropySizeBias.ShouldMatch(share * y * Math.Log(y / p));
                region.Entropy.ShouldMatch(-share * y * Math.Log(y));
                region.LogDice.ShouldMatch(-Math.Log(2 * expected.Overlap / (expected.PredictedSize() + expected.TargetSize)));
                region.LogDiceMatching.ShouldMatch(-Math.Log(expected.Overlap / expected.TargetSize));
                region.LogDiceSizeBias.ShouldMatch(Math.Log(p + y) - Math.Log(y));
            }
        });

    [Fact]
    public void NoValidPixel_IsAllZero_AndNothingIsPresent()
    {
        using var scope = NewDisposeScope();
        foreach (var pooling in Enum.GetValues<Pooling>())
        {
            var parts = LossDecomposition.Of(randn([2, 3, 4], device: CPU), full([2, 4], Scene.Ignore, ScalarType.Int64, CPU), ignoreIndex: Scene.Ignore, pooling: pooling);
            new[] { parts.CrossEntropy, parts.CrossEntropyMatching, parts.CrossEntropySizeBias, parts.Entropy, parts.LogDice, parts.LogDiceMatching, parts.LogDiceSizeBias }
                .Should().OnlyContain(part => part == 0);
            parts.Present.Should().Be(0);
        }
    }

    /// <summary>An image without valid pixels does not count in the mean over images.</summary>
    [Fact]
    public void PerImage_EmptyImagesDoNotCount()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var target = scene.TargetTensor();
        var one = LossDecomposition.Of(scene.LogitsTensor().narrow(0, 0, 1), target.narrow(0, 0, 1), ignoreIndex: Scene.Ignore);
        target[1] = full(target[1].shape, Scene.Ignore, ScalarType.Int64, CPU);
        LossDecomposition.Of(scene.LogitsTensor(), target, ignoreIndex: Scene.Ignore, pooling: Pooling.Image).ToString().Should().Be(one.ToString());
    }

    /// <summary>p = e^−z in float32 is 0 from z = 104 on; the parts are those of two classes with log p known in closed form.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, 200)]
    [InlineData(ScalarType.Float64, 2000)]
    public void ProbabilitiesTooSmallForTheirType_HaveFiniteParts(ScalarType dtype, double z)
    {
        using var scope = NewDisposeScope();

        // Two images of two pixels, all truly of class 1, whose log p is −z and −z − 1; log(1 − p) is 0.
        var logits = tensor(new[] { z, z + 1, 0, 0 }, [1, 2, 2]).to(dtype).repeat([2, 1, 1]);
        var labels = ones([2, 2], ScalarType.Int64, CPU);
        var logMean = -z + Math.Log((1 + Math.Exp(-1)) / 2);
        foreach (var pooling in Enum.GetValues<Pooling>())
        {
            foreach (var implementation in Enum.GetValues<RegionImplementation>())
            {
                using var forced = RegionPrimitive.Force(implementation);
                var parts = LossDecomposition.Of(logits, labels, pooling: pooling);
                var region = parts.Regions[1];
                region.CrossEntropy.ShouldBeClose(z + 0.5, Tolerance.Identity);
                region.CrossEntropySizeBias.ShouldBeClose(-logMean, Tolerance.Identity);
                region.CrossEntropyMatching.ShouldBeClose(z + 0.5 + logMean, Tolerance.Of(ScalarType.Float64));
                region.LogDiceMatching.ShouldBeClose(-logMean, Tolerance.Identity);
                region.LogDice.ShouldBeClose(-Math.Log(2) - logMean, Tolerance.Identity);
                (parts.CrossEntropyMatching + parts.CrossEntropySizeBias + parts.Entropy).ShouldBeClose(parts.CrossEntropy, Tolerance.Of(ScalarType.Float64));
                using var loss = new SegmentationLoss(new CrossEntropy());
                parts.CrossEntropy.ShouldBeClose(loss.call(logits, labels).to(ScalarType.Float64).item<double>(), Tolerance.Identity);
            }
        }

        // A channel on its own, weighted, half of it ignored: the foreground has log p = −z.
        var target = new SegmentationTarget(tensor(new[] { 1L, 255 }, [1, 2])).WithPixelWeights(full([1, 2], 3.0, device: CPU));
        var single = LossDecomposition.Of(full([1, 1, 2], -z, dtype, CPU), target, SegmentationMode.Binary, 255).Regions[0];
        single.CrossEntropySizeBias.ShouldBeClose(z, Tolerance.Identity);
        single.CrossEntropyMatching.ShouldBeClose(0, Tolerance.Of(ScalarType.Float64));
        single.LogDiceMatching.ShouldBeClose(z, Tolerance.Identity);
    }

    /// <summary>Where images are pooled, p̂ is that of all of them, an image without the region too, however small its p.</summary>
    [Fact]
    public void ImageWithoutTheRegion_CountsWhereItsProbabilitiesAreTooSmall()
    {
        using var scope = NewDisposeScope();

        // One pixel each: of class 1 with log p₁ = −200, and of class 0 with log p₁ = −150. p̂₁ = (e⁻²⁰⁰ + e⁻¹⁵⁰)/2, ŷ₁ = ½.
        var logits = tensor(new[] { 200f, 0, 150, 0 }, [2, 2, 1]);
        var labels = tensor(new[] { 1L, 0 }, [2, 1]);
        LossDecomposition.Of(logits, labels).Regions[1].CrossEntropySizeBias.ShouldBeClose(75, Tolerance.Identity);
        LossDecomposition.Of(logits, labels, pooling: Pooling.Image).Regions[1].CrossEntropySizeBias.ShouldBeClose(100, Tolerance.Identity);
        RegionSums Sums(bool readsLogarithms) => RegionSums.Of(logits, labels, SegmentationMode.Multiclass, [], checksLabels: true, readsLogarithms)[0][1];
        (Sums(true).LogPredictedSize, Sums(false).LogPredictedSize).Should().Be((-200, double.NegativeInfinity), "sizes alone need no logarithms");
    }

    [Fact]
    public void Text_IsATable()
    {
        using var scope = NewDisposeScope();

        // Two pixels, p = 3/4 in the truth: T = 1 1 0, P = 1 1 0 nearly, I = 3/4.
        var logits = tensor(new[] { Math.Log(3), 0, 0, Math.Log(3), -800, -800 }, [1, 3, 2]);
        var text = LossDecomposition.Of(logits, tensor(new[] { 0L, 1 }, [1, 2])).ToString();
        text.Split(Environment.NewLine).Should().Equal(
            "region         ŷ       p̂ |       CE = matching +     size +  entropy | −logDice = matching +     size − log 2",
            "0         0.5000  0.5000 |   0.1438 =  -0.2027 +   0.0000 +   0.3466 |   0.2877 =   0.2877 +   0.6931 − log 2",
            "1         0.5000  0.5000 |   0.1438 =  -0.2027 +   0.0000 +   0.3466 |   0.2877 =   0.2877 +   0.6931 − log 2",
            "2         0.0000  0.0000 |   0.0000 =   0.0000 +   0.0000 +   0.0000 |        – =        – +        – − log 2",
            "sum                      |   0.2877 =  -0.4055 +   0.0000 +   0.6931 |   0.5754 =   0.5754 +   1.3863 − 2 log 2");
    }

    [Fact]
    public void Handles_AreFreed_AndTheLogitsKeepNoGraph()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multilabel);
        var (logits, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        LiveHandles.LeftBy(() => LossDecomposition.Of(logits, target, SegmentationMode.Multilabel)).Should().Be(0);
        var wrong = () => LossDecomposition.Of(logits, target.add(7), SegmentationMode.Multilabel);
        wrong.Should().Throw<ArgumentException>();
        var pooling = () => LossDecomposition.Of(logits, target, SegmentationMode.Multilabel, pooling: (Pooling)9);
        pooling.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static LossDecomposition Of(Scene scene, Pooling pooling) =>
        LossDecomposition.Of(scene.LogitsTensor(), scene.Target(), scene.Mode, Scene.Ignore, pooling);

    private static Scene SceneOf(SegmentationMode mode, string kind) =>
        RichScenes.Make(Scenes.Fixed(mode, [3, mode == SegmentationMode.Binary ? 1 : 3, 4, 5], seed: 4, ignored: 0.2), kind);
}
