namespace SegLossBias.Tests.Metrics;

/// <summary>The presets for empty masks: what each counts, and that they reach the numbers of the libraries they are named for.</summary>
public class PresetTests
{
    public static TheoryData<string> Names => [.. Presets.Keys];

    private static Dictionary<string, EmptyPolicies> Presets { get; } = typeof(EmptyPolicies).GetProperties()
        .Where(property => property.GetMethod!.IsStatic).ToDictionary(property => property.Name, property => (EmptyPolicies)property.GetValue(null)!);

    /// <summary>Target 0 1 2 2, prediction 0 1 1 0, without background: precision ½ and 0/0.</summary>
    [Theory]
    [InlineData("MissCountsZero", 0.25, 2)]
    [InlineData("MissCountsWorst", 0.25, 2)]
    [InlineData("SkipAbsent", 0.25, 2)]
    [InlineData("SkipUndefined", 0.5, 1)]
    [InlineData("Monai", 0.5, 1)]
    [InlineData("NnUnet", 0.5, 1)]
    public void MeanPrecision_WithAMiss_IsANumber(string preset, double mean, long counted)
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(3) { Selection = ClassSelection.WithoutBackground };
        metrics.Add(tensor((long[])[0, 1, 1, 0], [1, 4]), tensor((long[])[0, 1, 2, 2], [1, 4]));
        var summary = metrics.Mean(OverlapMetric.Precision, Presets[preset]);
        (summary.Mean, summary.Counted, summary.Skipped, summary.PredictionEmpty).Should().Be((mean, counted, 2 - counted, 1L));
    }

    /// <summary>The table of the documentation: Dice, precision and HD95 of nothing at all, a false alarm and a miss. null is left out.</summary>
    [Theory]
    [InlineData("SkipUndefined", "– – –", "0 0 –", "0 – –")]
    [InlineData("SkipAbsent", "– – –", "– – –", "0 0 diagonal")]
    [InlineData("MissCountsZero", "– – error", "0 0 error", "0 0 error")]
    [InlineData("MissCountsDiagonal", "error error –", "error error diagonal", "error error diagonal")]
    [InlineData("MissCountsWorst", "– – –", "0 0 diagonal", "0 0 diagonal")]
    [InlineData("Monai", "– – –", "– – –", "0 – ∞")]
    [InlineData("NnUnet", "– – –", "0 0 ∞", "0 – ∞")]
    public void EachCase_CountsWhatTheTableSays(string preset, string both, string falseAlarm, string miss)
    {
        using var scope = NewDisposeScope();
        var (nothing, something) = (zeros([1, 6, 8], ScalarType.Int64), zeros([1, 6, 8], ScalarType.Int64));
        something[0, 2, 2] = tensor(1L);
        Counts(nothing, nothing).Should().Be(both);
        Counts(something, nothing).Should().Be(falseAlarm);
        Counts(nothing, something).Should().Be(miss);

        string Counts(Tensor prediction, Tensor target)
        {
            var overlap = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
            overlap.Add(prediction, target);
            var surface = new SurfaceMetrics(1) { ToleranceMm = [1], Mode = SegmentationMode.Binary };
            surface.Add(prediction, target, 0.5, 0.5);
            return string.Join(' ', Text(() => overlap.Mean(OverlapMetric.Dice, Presets[preset])), Text(() => overlap.Mean(OverlapMetric.Precision, Presets[preset])), Text(() => surface.Mean(SurfaceMetric.Hausdorff95, Presets[preset])));
        }

        static string Text(Func<MetricSummary> mean)
        {
            try
            {
                var summary = mean();
                return summary.Counted == 0 ? "–" : summary.Mean switch { 0 => "0", 5 => "diagonal", double.PositiveInfinity => "∞", var other => $"{other}" };
            }
            catch (ArgumentException)
            {
                return "error";
            }
        }
    }

    /// <summary>No preset that fits every metric lets a mean be NaN as long as one structure is there and one is found.</summary>
    [Theory]
    [InlineData("SkipUndefined")]
    [InlineData("SkipAbsent")]
    [InlineData("MissCountsWorst")]
    [InlineData("Monai")]
    public void NoMean_IsNaN(string preset)
    {
        using var scope = NewDisposeScope();
        var target = zeros([4, 6, 6], ScalarType.Int64);
        target[0, 2, 2] = target[0, 2, 3] = target[1, 4, 4] = tensor(1L);
        var prediction = zeros([4, 6, 6], ScalarType.Int64);
        prediction[0, 2, 2] = prediction[2, 1, 1] = tensor(1L);
        var overlap = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        overlap.Add(prediction, target);
        var surface = new SurfaceMetrics(1) { ToleranceMm = [1], Mode = SegmentationMode.Binary };
        surface.Add(prediction, target, 1, 1);
        Enum.GetValues<OverlapMetric>().Select(metric => overlap.Mean(metric, Presets[preset]).Mean).Should().OnlyContain(mean => double.IsFinite(mean));
        Enum.GetValues<SurfaceMetric>().Select(metric => surface.Mean(metric, Presets[preset]).Mean).Should().OnlyContain(mean => !double.IsNaN(mean));
    }

    /// <summary>0/0 of two masks with pixels: the specificity of a structure that fills the image.</summary>
    [Fact]
    public void Undefined_WithoutAnEmptyMask_IsLeftOut()
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        metrics.Add(tensor((long[])[1, 1, 1, 0], [2, 2]), tensor((long[])[1, 1, 1, 0], [2, 2]));
        var summary = metrics.Mean(OverlapMetric.Specificity, EmptyPolicies.MissCountsWorst);
        (summary.Mean, summary.Counted, summary.Skipped, summary.BothEmpty).Should().Be((1, 1, 1, 0));
    }

    [Fact]
    public void PoliciesThatDoNotFit_SayWhy()
    {
        var (overlap, surface) = (new OverlapMetrics(2), new SurfaceMetrics(2) { ToleranceMm = [1] });
        FluentActions.Invoking(() => overlap.Mean(OverlapMetric.SizeError, EmptyPolicies.MissCountsZero)).Should().Throw<ArgumentException>().WithParameterName("whenEmpty")
            .WithMessage("EmptyPolicy.FormulaOrZero does not fit SizeError: 0 is its best value*MissCountsWorst*");
        FluentActions.Invoking(() => overlap.Mean(OverlapMetric.Dice, EmptyPolicies.MissCountsDiagonal)).Should().Throw<ArgumentException>().WithMessage("*does not fit Dice: it is no distance;*");
        FluentActions.Invoking(() => surface.Mean(SurfaceMetric.MeanAverage, EmptyPolicies.MissCountsZero)).Should().Throw<ArgumentException>().WithMessage("*does not fit MeanAverage*");
        surface.Mean(SurfaceMetric.NormalizedSurfaceDistance, EmptyPolicies.MissCountsZero).Counted.Should().Be(0, "it is a score");
    }

    /// <summary>The diagonal is that of each image, and the largest distance that two surfaces in it can have.</summary>
    [Fact]
    public void Diagonal_IsThatOfTheImage()
    {
        using var scope = NewDisposeScope();
        var metrics = new SurfaceMetrics(1) { ToleranceMm = [1], Mode = SegmentationMode.Binary };
        var small = ones([1, 3, 4], ScalarType.Int64);
        metrics.Add(zeros_like(small), small, 1, 1);
        metrics.Add(zeros([1, 3, 4], ScalarType.Int64), small, 2, 2);
        metrics.Mean(SurfaceMetric.Hausdorff, EmptyPolicies.MissCountsDiagonal).Mean.Should().Be(7.5);
        var corners = MaskPair.Where([3, 4], place => place is [0, 0]);
        var other = MaskPair.Where([3, 4], place => place is [2, 3]);
        var distances = SurfaceDistances.Compute(corners, other, [3, 4], [1, 1]);
        distances.Hausdorff().Should().BeLessThan(distances.DiagonalMm);
        distances.DiagonalMm.Should().Be(5);
    }

    /// <summary>Plain loops after MONAI's do_metric_reduction("mean") with ignore_empty, and after nnU-Net's nanmean and foreground_mean.</summary>
    [Fact]
    public void Peers_TakeTheirMeansInTheirOrder()
    {
        using var scope = NewDisposeScope();
        var target = tensor((long[])[0, 0, 1, 1, 2, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0], [3, 5]);
        var prediction = tensor((long[])[0, 1, 1, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 2, 2], [3, 5]);
        var metrics = new OverlapMetrics(3) { Selection = ClassSelection.WithoutBackground };
        metrics.Add(prediction, target);
        var dice = new double[3, 2];
        for (var n = 0; n < 3; n++)
        {
            for (var k = 1; k <= 2; k++)
            {
                var (hit, sum) = (0, 0);
                for (var i = 0; i < 5; i++)
                {
                    var (isThere, isPredicted) = (target[n, i].item<long>() == k, prediction[n, i].item<long>() == k);
                    hit += isThere && isPredicted ? 1 : 0;
                    sum += (isThere ? 1 : 0) + (isPredicted ? 1 : 0);
                }

                dice[n, k - 1] = 2.0 * hit / sum;
            }
        }

        double NaNMean(IEnumerable<double> values) => values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();
        double Monai(int n, int k) => target[n].eq(k).any().item<bool>() ? dice[n, k - 1] : double.NaN;
        var images = Enumerable.Range(0, 3).Select(n => NaNMean([Monai(n, 1), Monai(n, 2)]));
        metrics.MeanOfImageMeans(OverlapMetric.Dice, EmptyPolicies.Monai).Mean.ShouldBeClose(NaNMean(images), 1e-12);
        metrics.MeanOfImageMeans(OverlapMetric.Dice, EmptyPolicies.Monai).Skipped.Should().Be(1, "the second image has nothing but background");
        var classes = Enumerable.Range(0, 2).Select(k => NaNMean(Enumerable.Range(0, 3).Select(n => dice[n, k])));
        metrics.MeanOfClassMeans(OverlapMetric.Dice, EmptyPolicies.NnUnet).Mean.ShouldBeClose(NaNMean(classes), 1e-12);
        metrics.Mean(OverlapMetric.Dice, EmptyPolicies.NnUnet).Mean.Should().NotBe(NaNMean(classes), "the order of the means matters here");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EachPreset_IsDocumented_AndPrintsItsChoices(string name)
    {
        Presets[name].ToString().Should().MatchRegex("^both: \\w+, target: \\w+, prediction: \\w+$");
        Documentation.Of(typeof(EmptyPolicies)).Element("remarks")!.Value.Should().Contain(name);
    }
}
