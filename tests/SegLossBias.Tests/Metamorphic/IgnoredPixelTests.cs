using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Metamorphic;

/// <summary>Ignored pixels might as well not be there.</summary>
public class IgnoredPixelTests
{
    private static readonly double[] Noise = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e30, -1e4, 7];

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void IgnoredPixels_ChangeNeitherValueNorGradient(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        Scenes.Any(mode, withIgnored: true).Sample(
            scene =>
            {
                var (value, gradient) = scene.Evaluate(loss);
                foreach (var shift in (int[])[0, 3])
                {
                    var (same, sameGradient) = scene.WithLogitsUnderIgnored(index => Noise[(index + shift) % Noise.Length]).Evaluate(loss);
                    same.ShouldMatch(value, name);
                    sameGradient.ShouldMatch(gradient, name);
                    sameGradient.Where((_, index) => scene.IsIgnored(index)).Sum(Math.Abs).Should().Be(0);
                }
            },
            iter: 12);
    }

    /// <summary>Any number may mark ignored pixels: 255, −1, −100, or a class.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void IgnoreIndex_CanBeAnyLabel(string name, SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode, seed: 4, ignored: 0.3);
        using var usual = LossTable.Create(name, mode, Scene.Ignore);
        var (value, gradient) = scene.Evaluate(usual);
        foreach (var marker in (long[])[-1, -100, 77])
        {
            using var loss = LossTable.Create(name, mode, marker);
            var (same, sameGradient) = (scene with { Labels = [.. scene.Labels.Select(label => label == Scene.Ignore ? marker : label)] }).Evaluate(loss);
            same.ShouldBeClose(value, 0, name);
            sameGradient.ShouldBeClose(gradient, 0, name);
        }
    }

    /// <summary>A flat image without its ignored pixels has the same loss: cutting them out is what ignoring means.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void IgnoringPixels_IsCuttingThemOut(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var classes = mode == SegmentationMode.Binary ? 1 : 3;
        var whole = Scenes.Fixed(mode, [2, classes, 12], seed: 6);
        var cut = Scenes.Fixed(mode, [2, classes, 12], seed: 6) with
        {
            Labels = [.. whole.Labels.Select((label, index) => index % 12 >= 9 ? Scene.Ignore : label)],
        };
        var rest = new Scene(mode, [2, classes, 9], [.. whole.Logits.Where((_, index) => index % 12 < 9)], [.. whole.Labels.Where((_, index) => index % 12 < 9)]);

        var (value, gradient) = cut.Evaluate(loss);
        var (expected, expectedGradient) = rest.Evaluate(loss);

        value.ShouldMatch(expected, name);
        gradient.Where((_, index) => index % 12 < 9).ToArray().ShouldMatch(expectedGradient, name);
    }

    /// <summary>
    /// Ignored pixels are one more class that never meets the others: with logits of −10⁴ elsewhere and +10⁴ there, the
    /// other K classes have the same statistics.
    /// </summary>
    [Fact]
    public void IgnoredPixels_AreOneMoreClassFarAway() =>
        Scenes.Any(SegmentationMode.Multiclass, withIgnored: true).Sample(scene =>
        {
            using var scope = NewDisposeScope();
            var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
            var ignored = target.eq(Scene.Ignore);
            var far = where(ignored, 1e4, -1e4).to(ScalarType.Float64).unsqueeze(1);
            using var without = Statistics(logits, target, Scene.Ignore);
            using var with = Statistics(cat([logits, far], 1), target.masked_fill(ignored, scene.Classes), null);

            void Same(Func<RegionStatistics, Tensor> statistic) =>
                Evaluation.Numbers(statistic(with).narrow(1, 0, scene.Classes)).ShouldMatch(Evaluation.Numbers(statistic(without)));

            Same(regions => regions.TargetSize);
            Same(regions => regions.PredictedSize());
            Same(regions => regions.Overlap);
            Same(regions => regions.NegativeLogLikelihood);
            Same(regions => regions.Focal(2, FocalForm.Softmax));
        });

    private static RegionStatistics Statistics(Tensor logits, Tensor target, long? ignoreIndex) => RegionStatistics.Compute(
        logits, target, SegmentationMode.Multiclass, ignoreIndex,
        RegionStatistic.PredictedSize(), RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.Focal(2, FocalForm.Softmax));
}
