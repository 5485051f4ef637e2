namespace SegLossBias.Tests.Metrics;

/// <summary>Confusion matrices, their metrics against definitions on lists of pixels, and what they share with the overlap counts.</summary>
public class ConfusionTests
{
    private static Gen<(int Classes, int[] Truth, int[] Prediction)> Pixels { get; } =
        from classes in Gen.Int[2, 5]
        from count in Gen.Int[1, 40]
        from truth in Gen.Int[0, classes - 1].Array[count]
        from prediction in Gen.Int[0, classes - 1].Array[count]
        select (classes, truth, prediction);

    [Fact]
    public void Counts_EqualThoseOfALoop_FromMapsAndFromLogits() => Scenes.Any(SegmentationMode.Multiclass, withIgnored: true).Sample(scene =>
    {
        using var scope = NewDisposeScope();
        long[] shape = [scene.Images, 1, .. scene.LabelShape[1..]];
        var prediction = PlainCounts.Prediction(scene);
        var (maps, logits) = (new ConfusionMetrics((int)scene.Classes) { IgnoreIndex = Scene.Ignore }, new ConfusionMetrics((int)scene.Classes) { IgnoreIndex = Scene.Ignore });
        maps.Add(tensor(prediction, shape), scene.TargetTensor().reshape(shape));
        logits.AddLogits(scene.LogitsTensor(), scene.TargetTensor());
        for (var n = 0; n < scene.Images; n++)
        {
            for (var t = 0; t < scene.Classes; t++)
            {
                for (var p = 0; p < scene.Classes; p++)
                {
                    var count = Enumerable.Range(0, (int)scene.Pixels).LongCount(i => scene.Labels[(n * scene.Pixels) + i] == t && prediction[(n * scene.Pixels) + i] == p);
                    maps.Image(n)[t, p].Should().Be(count);
                    logits.Image(n)[t, p].Should().Be(count);
                }
            }

            Enumerable.Range(0, (int)scene.Classes).Select(k => maps.Image(n).OneVsRest(k)).Should().Equal(PlainCounts.Of(scene, Scene.Ignore)[n]);
        }
    }, iter: 100);

    /// <summary>R_K is Pearson's correlation of one-hot vectors, κ the agreement beyond chance, balanced accuracy the mean recall.</summary>
    [Fact]
    public void Metrics_AreTheirDefinitions_OnPixels() => Pixels.Sample(pixels =>
    {
        var (classes, truth, prediction) = pixels;
        var matrix = Matrix(classes, truth, prediction);
        double Covariance(int[] one, int[] other) => Enumerable.Range(0, classes).Sum(k =>
            one.Zip(other).Average(pair => (pair.First == k ? 1.0 : 0) * (pair.Second == k ? 1 : 0)) - (one.Average(label => label == k ? 1.0 : 0) * other.Average(label => label == k ? 1.0 : 0)));
        double Share(int[] labels, int k) => labels.Average(label => label == k ? 1.0 : 0);
        var agree = truth.Zip(prediction).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        var chance = Enumerable.Range(0, classes).Sum(k => Share(truth, k) * Share(prediction, k));

        matrix.Accuracy.ShouldBeClose(agree, 1e-12);
        matrix.BalancedAccuracy.ShouldBeClose(truth.Distinct().Average(k => truth.Zip(prediction).Where(pair => pair.First == k).Average(pair => pair.Second == k ? 1.0 : 0)), 1e-12);
        var isConstant = truth.Distinct().Count() == 1 || prediction.Distinct().Count() == 1;
        matrix.MatthewsCorrelation.ShouldBeMetric(isConstant ? double.NaN : Covariance(truth, prediction) / Math.Sqrt(Covariance(truth, truth) * Covariance(prediction, prediction)));
        matrix.CohenKappa.ShouldBeMetric(truth.Concat(prediction).Distinct().Count() == 1 ? double.NaN : (agree - chance) / (1 - chance));
    }, iter: 300);

    /// <summary>Two classes have the correlation and the κ of their foreground.</summary>
    [Fact]
    public void TwoClasses_HaveTheMetricsOfOne() => Pixels.Where(pixels => pixels.Classes == 2).Sample(pixels =>
    {
        var matrix = Matrix(2, pixels.Truth, pixels.Prediction);
        var counts = matrix.OneVsRest(1);
        matrix.MatthewsCorrelation.ShouldBeMetric(counts.MatthewsCorrelation);
        matrix.CohenKappa.ShouldBeMetric(counts.CohenKappa);
        matrix.Accuracy.Should().Be(counts.Accuracy);
    }, iter: 100);

    [Fact]
    public void Images_AddUp_AndMeansLeaveOutWhatIsUndefined()
    {
        using var scope = NewDisposeScope();
        var metrics = new ConfusionMetrics(3) { IgnoreIndex = 255 };
        metrics.Add(tensor((long[])[0, 1, 2, 2, 0, 0, 0, 0, 5, 5, 5, 5], [3, 4]), tensor((long[])[0, 1, 1, 2, 0, 0, 0, 0, 255, 255, 255, 255], [3, 4]));
        metrics.Pooled.ToString().Should().Be("5 0 0\n0 1 1\n0 0 1");
        metrics.Mean(ConfusionMetric.Accuracy).Mean.Should().Be(0.875);
        var kappa = metrics.Mean(ConfusionMetric.CohenKappa);
        (kappa.Counted, kappa.Skipped, kappa.BothEmpty).Should().Be((1, 2, 1));
        kappa.Mean.ShouldBeClose((0.75 - 0.3125) / (1 - 0.3125), 1e-12);
        (metrics.Image(0) + metrics.Image(1)).ToString().Should().Be(metrics.Pooled.ToString());
        new ConfusionMetrics(2).Pooled.Accuracy.Should().Be(double.NaN);
        FluentActions.Invoking(() => metrics.Pooled[3, 0]).Should().Throw<ArgumentOutOfRangeException>().WithMessage("the classes are 0..2.*");
        FluentActions.Invoking(() => metrics.Image(3)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => metrics.Pooled.Add(new ConfusionMetrics(2).Pooled)).Should().Throw<ArgumentException>().WithMessage("*same number of classes*3*2*");
        FluentActions.Invoking(() => new ConfusionMetrics(1).Pooled).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => metrics.Mean((ConfusionMetric)9)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => metrics.Pooled.Value((ConfusionMetric)9)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static ConfusionMatrix Matrix(int classes, int[] truth, int[] prediction)
    {
        using var scope = NewDisposeScope();
        var metrics = new ConfusionMetrics(classes);
        metrics.Add(tensor(prediction, [1, prediction.Length]), tensor(truth, [1, truth.Length]));
        return metrics.Pooled;
    }
}
