using SegLossBias.Tests.Gradients;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>The library against plain loops: value over random scenes, gradient by finite differences of the loops.</summary>
public class OracleTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<string> OptionNames => OptionTable.All;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryLoss_HasTheValueOfItsPlainLoops(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        Scenes.Any(mode, withIgnored: true).Sample(
            scene => scene.Evaluate(loss).Value.ShouldBeClose(LossTable.Get(name).Plain(scene), Tolerance.Of(ScalarType.Float64), name),
            iter: 25);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryLoss_HasTheGradientOfItsPlainLoops(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = FiniteDifferences.SceneOffKinks(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 3, 4], ignored: 0.2);
        var expected = FiniteDifferences.Gradient(logits => LossTable.Get(name).Plain(scene with { Logits = logits }), scene.Logits);
        scene.Evaluate(loss).Gradient.ShouldBeClose(expected, Tolerance.FiniteDifference, name);
    }

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void EveryOption_HasValueAndGradientOfItsPlainLoops(string name)
    {
        var option = OptionTable.Get(name);
        using var loss = option.Build(Reduction.Mean);
        var scene = FiniteDifferences.SceneOffKinks(option.Mode, [3, option.Mode == SegmentationMode.Binary ? 1 : 3, 7], ignored: 0.3);

        var (value, gradient) = scene.Evaluate(loss);

        value.ShouldBeClose(option.Plain(scene), Tolerance.Of(ScalarType.Float64), name);
        gradient.ShouldBeClose(FiniteDifferences.Gradient(logits => option.Plain(scene with { Logits = logits }), scene.Logits), Tolerance.FiniteDifference, name);
    }

    /// <summary>Two classes are one sigmoid: neither ignored pixels nor those that fill a vector may count.</summary>
    [Theory]
    [InlineData(0, 1e-5)]
    [InlineData(0, 0.2)]
    [InlineData(0.3, 0.2)]
    [InlineData(2, 1e-5)]
    public void TwoClasses_SmoothedFocal_HasValueAndGradientOfItsPlainLoops(double gamma, double smoothing)
    {
        using var loss = new SegmentationLoss(new Focal { Gamma = gamma, Form = FocalForm.Softmax, Smoothing = smoothing }) { IgnoreIndex = Scene.Ignore };
        foreach (var (pixels, ignored) in ((long, double)[])[(33, 0), (33, 0.3), (64, 0.3)])
        {
            var scene = Scenes.Fixed(SegmentationMode.Multiclass, [1, 2, pixels], ignored: ignored);
            double Plain(Scene scene) => PlainLosses.Focal(scene, gamma, FocalForm.Softmax, smoothing);

            var (value, gradient) = scene.Evaluate(loss);

            value.ShouldBeClose(Plain(scene), Tolerance.Of(ScalarType.Float64));
            gradient.ShouldBeClose(FiniteDifferences.Gradient(logits => Plain(scene with { Logits = logits }), scene.Logits), Tolerance.FiniteDifference);
        }
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void RegionStatistics_AreTheSumsOfPlainLoops(SegmentationMode mode) =>
        Scenes.Any(mode, withIgnored: true).Sample(
            scene =>
            {
                using var scope = NewDisposeScope();
                using var regions = RegionStatistics.Compute(
                    scene.LogitsTensor(), scene.TargetTensor(), mode, Scene.Ignore,
                    RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(), RegionStatistic.PredictedSize(10), RegionStatistic.Focal(1.5, FocalForm.OneVsRest));

                void Compare(RegionStatistics side, bool isBackground)
                {
                    void Same(Tensor actual, Func<PlainRegion, double> expected, string what) =>
                        Evaluation.Numbers(actual).ShouldMatch(Each(scene, region => expected(region with { IsBackground = isBackground })), what);

                    Same(side.TargetSize, region => region.TargetSize, "target size");
                    Same(side.PredictedSize(), region => region.PredictedSize(), "predicted size");
                    Same(side.PredictedSize(10), region => region.PredictedSize(10), "tempered size");
                    Same(side.Overlap, region => region.Overlap, "overlap");
                    Same(side.NegativeLogLikelihood, region => region.NegativeLogLikelihood, "negative log-likelihood");
                    Same(side.Focal(1.5, FocalForm.OneVsRest), region => (region with { IsSigmoid = true }).Focal(1.5), "focal sum");
                }

                Compare(regions, isBackground: false);
                if (mode != SegmentationMode.Multiclass)
                {
                    Compare(regions.Background, isBackground: true);
                }

                Evaluation.Numbers(regions.ValidSize.expand(scene.Images, scene.Classes)).ShouldBeClose(Each(scene, region => region.ValidSize), 0, "valid size");
            },
            iter: 60);

    private static double[] Each(Scene scene, Func<PlainRegion, double> value) =>
        [.. from n in Enumerable.Range(0, (int)scene.Images) from k in Enumerable.Range(0, (int)scene.Classes) select value(PlainRegion.Foreground(scene, n, k))];
}
