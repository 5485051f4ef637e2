namespace SegLossBias.Tests.Metrics;

/// <summary>ECE and Brier score against plain loops over pixels, and networks whose calibration is known.</summary>
public class CalibrationTests
{
    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Scores_EqualThoseOfALoop_FromLogitsAndProbabilities(SegmentationMode mode) => Gen.Select(Scenes.Any(mode, withIgnored: true), Gen.Int[1, 12]).Sample((scene, bins) =>
    {
        using var scope = NewDisposeScope();
        var logits = New();
        logits.AddLogits(scene.LogitsTensor(), scene.TargetTensor());
        var probabilities = New();
        var values = mode == SegmentationMode.Multiclass ? scene.LogitsTensor().softmax(1) : scene.LogitsTensor().sigmoid();
        probabilities.AddProbabilities(values, scene.TargetTensor());
        var plain = PlainCalibration.Pairs(scene, [.. values.cpu().data<double>()]);
        foreach (var metrics in (CalibrationMetrics[])[logits, probabilities])
        {
            for (var k = 0; k < scene.Classes; k++)
            {
                metrics.BrierScoreOf(k).ShouldBeMetric(plain[k].Select(pair => Math.Pow(pair.P - pair.Y, 2)).DefaultIfEmpty(double.NaN).Average());
                metrics.ExpectedCalibrationErrorOf(k).ShouldBeMetric(PlainCalibration.Error(plain[k], bins));
                metrics.ReliabilityOf(k).Sum(bin => bin.Count).Should().Be(plain[k].Count);
            }

            metrics.ExpectedCalibrationError.ShouldBeMetric(PlainCalibration.Error(plain[^1], bins));
            var brier = plain[..^1].Select(pairs => pairs.Select(pair => Math.Pow(pair.P - pair.Y, 2)).DefaultIfEmpty(double.NaN).Average()).Sum();
            metrics.BrierScore.ShouldBeMetric(mode == SegmentationMode.Multiclass ? brier : brier / scene.Classes);
        }

        CalibrationMetrics New() => new((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore, Bins = bins };
    }, iter: 60);

    /// <summary>Of four pixels with p = ¾ three are true: calibrated, and Brier is the variance 3/16 of a coin like that.</summary>
    [Fact]
    public void Calibrated_AndOverconfident()
    {
        using var scope = NewDisposeScope();
        var target = tensor((long[])[1, 1, 1, 0], [1, 4]);
        var metrics = new CalibrationMetrics(1) { Mode = SegmentationMode.Binary };
        metrics.AddProbabilities(full([1, 1, 4], 0.75, ScalarType.Float64), target);
        (metrics.ExpectedCalibrationError, metrics.BrierScore, metrics.Images).Should().Be((0, 3.0 / 16, 1));
        metrics.Reset();
        metrics.AddLogits(full([1, 1, 4], 1e4, ScalarType.Float32), target);
        (metrics.ExpectedCalibrationError, metrics.ExpectedCalibrationErrorOf(0), metrics.BrierScore).Should().Be((0.25, 0.25, 0.25));
        var last = metrics.Reliability[^1];
        (last.Above, last.UpTo, last.Count, last.MeanProbability, last.Frequency).Should().Be((14.0 / 15, 1, 4, 1, 0.75));
        metrics.Reliability[0].Count.Should().Be(0);
        var classes = new CalibrationMetrics(2);
        classes.AddLogits(zeros([1, 2, 4], ScalarType.Float64), target);
        (classes.BrierScore, classes.ExpectedCalibrationErrorOf(1)).Should().Be((0.5, 0.25));
        classes.ExpectedCalibrationError.Should().Be(0.25, "of two equal ones the first class is the label, and it is true in a quarter");
        new CalibrationMetrics(2).BrierScore.Should().Be(double.NaN);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Merging_EqualsOnePass_AndFilesGoOn(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var file = Path.GetTempFileName();
        var (whole, merged) = (New(), New());
        for (var seed = 0; seed < 3; seed++)
        {
            var scene = Scenes.Usual(mode, seed, ignored: 0.2);
            var shard = New();
            whole.AddLogits(scene.LogitsTensor(), scene.TargetTensor());
            shard.AddLogits(scene.LogitsTensor(), scene.TargetTensor());
            shard.Save(file);
            merged.Merge(CalibrationMetrics.Load(file));
        }

        File.Delete(file);
        (merged.Images, merged.ToString()).Should().Be((6, whole.ToString()));
        merged.BrierScore.ShouldBeClose(whole.BrierScore, 1e-12);
        merged.ExpectedCalibrationError.ShouldBeClose(whole.ExpectedCalibrationError, 1e-12);
        for (var k = 0; k < whole.Classes; k++)
        {
            merged.ExpectedCalibrationErrorOf(k).ShouldBeClose(whole.ExpectedCalibrationErrorOf(k), 1e-12);
        }

        FluentActions.Invoking(() => merged.Merge(merged)).Should().Throw<ArgumentException>().WithMessage("*twice*");
        FluentActions.Invoking(() => merged.Merge(new(whole.Classes) { Mode = mode, IgnoreIndex = 255, Bins = 4 })).Should().Throw<ArgumentException>().WithMessage("*same Bins*10*4*");
        FluentActions.Invoking(() => merged.Merge(new(whole.Classes) { Mode = mode })).Should().Throw<ArgumentException>().WithMessage("*same settings*");

        CalibrationMetrics New() => new(mode == SegmentationMode.Binary ? 1 : 3) { Mode = mode, IgnoreIndex = 255, Bins = 10 };
    }

    [Fact]
    public void WhatIsNoProbability_IsRefused_AndNothingIsAdded()
    {
        using var scope = NewDisposeScope();
        var target = zeros([1, 2], ScalarType.Int64);
        var metrics = new CalibrationMetrics(2);
        var refusals = new (double[] Values, string Message)[]
        {
            ([0.5, 3, 0.5, -2], "probabilities must lie in [0, 1], but 3 occurs at [0, 0, 1]*AddLogits*"),
            ([0.5, 0.5, 0.5, 0.6], "*must add up to 1*from [0, 0, 1] on they add up to 1.1*softmax(1)*"),
            ([0.5, double.NaN, 0.5, 1], "*NaN*"),
        };
        foreach (var (values, message) in refusals)
        {
            FluentActions.Invoking(() => metrics.AddProbabilities(tensor(values, [1, 2, 2]), target)).Should().Throw<ArgumentException>().WithMessage(message);
        }

        FluentActions.Invoking(() => metrics.AddLogits(zeros([1, 3, 2]), target)).Should().Throw<ArgumentException>().WithMessage("*must have 2 channels*");
        FluentActions.Invoking(() => metrics.ExpectedCalibrationErrorOf(2)).Should().Throw<ArgumentException>().WithMessage("class 2 is not evaluated*");
        FluentActions.Invoking(() => new CalibrationMetrics(2) { Bins = 0 }).Should().Throw<ArgumentOutOfRangeException>();
        (metrics.Images, metrics.Reliability.Sum(bin => bin.Count)).Should().Be((0, 0L));
    }

    /// <summary>No probability is no count: a NaN, and what softmax makes of +∞, is refused where the pixel counts, and nothing is added.</summary>
    [Theory]
    [InlineData(double.NaN, "logits must be numbers, but [0, 0, 1] is NaN*")]
    [InlineData(double.PositiveInfinity, "logits must give probabilities, but those at [0, 0, 1] give none*")]
    public void LogitsWithoutAProbability_AreRefused(double wrong, string message)
    {
        using var scope = NewDisposeScope();
        var logits = zeros([1, 2, 3], ScalarType.Float32, CPU);
        logits[0, 0, 1] = wrong;
        var metrics = new CalibrationMetrics(2) { IgnoreIndex = 255 };
        metrics.Invoking(m => m.AddLogits(logits, tensor((long[])[0, 1, 0], [1, 3]))).Should().Throw<ArgumentException>().WithMessage(message);
        metrics.Images.Should().Be(0);
        metrics.AddLogits(logits, tensor((long[])[0, 255, 0], [1, 3]));
        metrics.ExpectedCalibrationError.Should().Be(0.5);
        var probabilities = full([1, 2, 3], 0.5, ScalarType.Float32, CPU);
        probabilities[0, 1, 2] = double.NaN;
        metrics.Invoking(m => m.AddProbabilities(probabilities, tensor((long[])[0, 1, 0], [1, 3]))).Should().Throw<ArgumentException>().WithMessage("probabilities must be numbers, but [0, 1, 2] is NaN*");
    }
}
