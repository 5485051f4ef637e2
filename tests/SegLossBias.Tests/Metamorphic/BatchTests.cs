using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Metamorphic;

/// <summary>Batches against their images, images against their tiles.</summary>
public class BatchTests
{
    /// <summary>
    /// All but generalised Dice, where an absent class has the weight 1/ε, which does not scale with the batch, and top-k of
    /// the batch, which takes whole pixels.
    /// </summary>
    public static TheoryData<string, SegmentationMode> ScaleFreeNamesAndModes => LossTable.Where(row => row.IsScaleFree);

    /// <summary>
    /// Losses whose images have values of their own. Not those that pool the batch, nor WCE, whose weights come from
    /// the sizes in the batch.
    /// </summary>
    public static TheoryData<string, SegmentationMode> PerImageNamesAndModes =>
        LossTable.Where(row => row is { IsPooled: false, IsOfTheBatch: false });

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void StatisticsOfABatch_AreThoseOfItsImages(SegmentationMode mode) =>
        Scenes.Any(mode, withIgnored: true).Sample(
            scene =>
            {
                var images = Enumerable.Range(0, (int)scene.Images).Select(n => Statistics(scene.Image(n))).ToArray();
                Statistics(scene).Should().AllSatisfy(row => row.Value.ShouldMatch([.. images.SelectMany(image => image[row.Key])], row.Key));
            },
            iter: 40);

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void StatisticsOfTiles_AddUp(SegmentationMode mode)
    {
        var channels = mode == SegmentationMode.Binary ? 1 : 3;
        (from pixels in Gen.Int[2, 20] from cut in Gen.Int[1, pixels - 1] from seed in Gen.Int[0, 1_000_000] select (pixels, cut, seed)).Sample(
            draw =>
            {
                var whole = Scenes.Fixed(mode, [2, channels, draw.pixels], draw.seed, ignored: 0.2);
                Scene Tile(int from, int to)
                {
                    bool IsIn(int index) => index % draw.pixels >= from && index % draw.pixels < to;
                    return new(mode, [2, channels, to - from], [.. whole.Logits.Where((_, index) => IsIn(index))], [.. whole.Labels.Where((_, index) => IsIn(index))]);
                }

                var (left, right) = (Statistics(Tile(0, draw.cut)), Statistics(Tile(draw.cut, draw.pixels)));
                Statistics(whole).Should().AllSatisfy(row =>
                    row.Value.ShouldMatch([.. left[row.Key].Zip(right[row.Key], (a, b) => a + b)], row.Key));
            },
            iter: 40);
    }

    [Theory]
    [MemberData(nameof(PerImageNamesAndModes))]
    public void ReductionNone_GivesEachImageItsValueAlone(string name, SegmentationMode mode)
    {
        using var none = LossTable.Create(name, mode, Scene.Ignore, Reduction.None);
        using var mean = LossTable.Create(name, mode, Scene.Ignore);
        Scenes.Any(mode, withIgnored: true).Sample(
            scene =>
            {
                using var scope = NewDisposeScope();
                scene = scene.WithoutTies();
                var (values, gradient) = Evaluation.Run(none, scene.LogitsTensor(), scene.TargetTensor());
                var alone = Enumerable.Range(0, (int)scene.Images).Select(n => scene.Image(n).Evaluate(mean)).ToArray();
                values.ShouldMatch([.. alone.Select(image => image.Value)], name);
                gradient.ShouldMatch([.. alone.SelectMany(image => image.Gradient)], name);
            },
            iter: 8);
    }

    [Theory]
    [MemberData(nameof(PerImageNamesAndModes))]
    public void ReductionSum_AddsUpOverPartsOfABatch(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore, Reduction.Sum);
        Scenes.Any(mode, withIgnored: true).Where(scene => scene.Images > 1).Sample(
            scene =>
            {
                scene = scene.WithoutTies();
                var (value, gradient) = scene.Evaluate(loss);
                var (first, firstGradient) = scene.Image(0).Evaluate(loss);
                var (rest, restGradient) = scene.Images(1, scene.Images - 1).Evaluate(loss);
                value.ShouldMatch(first + rest, name);
                gradient.ShouldMatch([.. firstGradient, .. restGradient], name);
            },
            iter: 8);
    }

    /// <summary>The same batch twice has the same mean, also where images are pooled.</summary>
    [Theory]
    [MemberData(nameof(ScaleFreeNamesAndModes))]
    public void RepeatedBatch_HasTheSameMean(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        Scenes.Any(mode, withIgnored: true).Where(scene => scene.Images > 1).Sample(
            scene =>
            {
                var twice = scene with { Shape = [2 * scene.Images, .. scene.Shape[1..]], Logits = [.. scene.Logits, .. scene.Logits], Labels = [.. scene.Labels, .. scene.Labels] };
                twice.Evaluate(loss).Value.ShouldMatch(scene.Evaluate(loss).Value, name);
            },
            iter: 8);
    }

    private static Dictionary<string, double[]> Statistics(Scene scene)
    {
        using var scope = NewDisposeScope();
        using var regions = RegionStatistics.Compute(
            scene.LogitsTensor(), scene.TargetTensor(), scene.Mode, Scene.Ignore,
            RegionStatistic.PredictedSize(), RegionStatistic.PredictedSize(10), RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.Focal(2, FocalForm.OneVsRest));
        return new()
        {
            ["valid size"] = Evaluation.Numbers(regions.ValidSize),
            ["target size"] = Evaluation.Numbers(regions.TargetSize),
            ["predicted size"] = Evaluation.Numbers(regions.PredictedSize()),
            ["tempered size"] = Evaluation.Numbers(regions.PredictedSize(10)),
            ["overlap"] = Evaluation.Numbers(regions.Overlap),
            ["negative log-likelihood"] = Evaluation.Numbers(regions.NegativeLogLikelihood),
            ["focal sum"] = Evaluation.Numbers(regions.Focal(2, FocalForm.OneVsRest)),
        };
    }
}
