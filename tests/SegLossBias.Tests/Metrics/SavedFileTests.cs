namespace SegLossBias.Tests.Metrics;

/// <summary>Files that overflow or contradict themselves are refused with the reason; files of the versions before are read.</summary>
public sealed class SavedFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    /// <summary>As written before settings were properties.</summary>
    [Fact]
    public void EarlierFiles_AreRead()
    {
        File.WriteAllText(_file, """{"metrics":"OverlapMetrics","mode":"Multiclass","classes":3,"evaluated":[1,2],"ignoreIndex":255,"toleranceMm":null,"images":[[[1,0,1,5],[2,1,0,4]]]}""");
        var overlap = OverlapMetrics.Load(_file);
        overlap.ToString().Should().Be("OverlapMetrics { Classes = 3, Mode = Multiclass, Evaluated = [1, 2], IgnoreIndex = 255 }, 1 images");
        overlap.Image(0, 2).Should().Be(new OverlapCounts(2, 1, 0, 4));
        overlap.Save(_file);
        File.ReadAllText(_file).Should().Be("""{"metrics":"OverlapMetrics","mode":"Multiclass","classes":3,"evaluated":[1,2],"ignoreIndex":255,"toleranceMm":null,"images":[[[1,0,1,5],[2,1,0,4]]]}""");

        const string Scores = """{"metrics":"SurfaceMetrics","mode":"Binary","classes":1,"evaluated":[0],"ignoreIndex":null,"toleranceMm":[2],"images":[[{"normalizedSurfaceDistance":0,"hausdorff":"Infinity","hausdorff95":"Infinity","averageTargetToPrediction":"Infinity","averagePredictionToTarget":"NaN","averageSymmetric":"Infinity","empty":"Prediction"}]]}""";
        File.WriteAllText(_file, Scores);
        var surface = SurfaceMetrics.Load(_file);
        surface.Image(0, 0).Empty.Should().Be(EmptyCase.Prediction);
        surface.Image(0, 0).DiagonalMm.Should().BeNull();
        surface.Mean(SurfaceMetric.Hausdorff, EmptyPolicies.SkipUndefined).Skipped.Should().Be(1);
        FluentActions.Invoking(() => surface.Mean(SurfaceMetric.Hausdorff, EmptyPolicies.MissCountsDiagonal)).Should().Throw<InvalidOperationException>().WithMessage("*comes from a file of an earlier version; measure the image again*");
        surface.Save(_file);
        File.ReadAllText(_file).Should().Be(Scores);
    }

    [Theory]
    [InlineData("""[[[9223372036854775807,1,0,0],[0,0,0,0]]]""", "image 0: counts of pixels add up to at most 9223372036854775807, but they are [9223372036854775807, 1, 0, 0]")]
    [InlineData("""[[[0,0,0,9223372036854775807],[9223372036854775807,0,0,0]],[[0,0,0,1],[1,0,0,0]]]""", "all images together have more than 9223372036854775807 pixels")]
    [InlineData("""[[[1,2,3,4],[4,3,2,1]],[[1,2,3,-4],[1,2,3,4]]]""", "image 1: counts of pixels are at least 0, but one is -4")]
    [InlineData("""[[[1,0,0,5],[5,0,0,2]]]""", "image 0: all classes have the same pixels, but their numbers are [6, 7]")]
    [InlineData("""[[[1,0,0,5],[4,0,0,2]]]""", "image 0: its classes have 5 true and 5 predicted pixels together, but the image has 6")]
    [InlineData("""[[[3,1,0,2],[2,2,0,2]]]""", "image 0: its classes have 5 true and 8 predicted pixels together, but the image has 6")]
    [InlineData("""[[[1,2,3],[1,2,3,4]]]""", "a class has the counts TP, FP, FN and TN")]
    [InlineData("""[[null,[1,2,3,4]]]""", "a class has the counts TP, FP, FN and TN")]
    [InlineData("""[[[1,2,3,4]]]""", "image 0 has not")]
    [InlineData("""[null]""", "image 0 has not")]
    public void OverlapCounts_OfTwoClasses(string images, string reason)
    {
        File.WriteAllText(_file, $$"""{"metrics":"OverlapMetrics","mode":"Multiclass","classes":2,"evaluated":[0,1],"ignoreIndex":null,"toleranceMm":null,"images":{{images}}}""");
        FluentActions.Invoking(() => OverlapMetrics.Load(_file)).Should().Throw<InvalidDataException>().WithMessage($"{_file} does not hold saved OverlapMetrics, or it is damaged: *{reason}*; save them again with Save.");
    }

    [Theory]
    [InlineData("Multilabel", "null", "[0,1]", false)]
    [InlineData("Multilabel", "255", "[0,1]", true)]
    [InlineData("Multiclass", "255", "[0,1]", false)]
    public void Channels_HaveValidPixelsOfTheirOwn_OnlyWhereLabelsAreIgnored(string mode, string ignoreIndex, string evaluated, bool isGood)
    {
        File.WriteAllText(_file, $$"""{"metrics":"OverlapMetrics","mode":"{{mode}}","classes":2,"evaluated":{{evaluated}},"ignoreIndex":{{ignoreIndex}},"toleranceMm":null,"images":[[[3,1,0,2],[2,2,0,3]]]}""");
        var load = FluentActions.Invoking(() => OverlapMetrics.Load(_file).Images);
        if (isGood)
        {
            load().Should().Be(1);
        }
        else
        {
            load.Should().Throw<InvalidDataException>().WithMessage("*all classes have the same pixels, but their numbers are [6, 7]*");
        }
    }

    [Theory]
    [InlineData("\"Binary, Multiclass\",\"classes\":1,\"evaluated\":[0]")]
    [InlineData("\"Multilabel, Binary\",\"classes\":2,\"evaluated\":[0,1]")]
    [InlineData("\"1\",\"classes\":1,\"evaluated\":[0]")]
    [InlineData("7,\"classes\":2,\"evaluated\":[0,1]")]
    [InlineData("\"Multiclass\",\"mode\":\"Multilabel\",\"classes\":2,\"evaluated\":[0,1]")]
    [InlineData("\"Multiclass\",\"classes\":2,\"evaluated\":[0,0]")]
    [InlineData("\"Multiclass\",\"classes\":2,\"evaluated\":null")]
    [InlineData("\"Binary\",\"classes\":2,\"evaluated\":[0,1]")]
    public void Settings_ThatContradictEachOther(string settingsFromMode)
    {
        File.WriteAllText(_file, $$"""{"metrics":"OverlapMetrics","mode":{{settingsFromMode}},"ignoreIndex":null,"toleranceMm":null,"images":[]}""");
        FluentActions.Invoking(() => OverlapMetrics.Load(_file)).Should().Throw<InvalidDataException>().WithMessage($"{_file} does not hold saved OverlapMetrics*");
    }

    [Theory]
    [InlineData("0.5", "3", "2", "1", "1.5", "1.25", "None", true)]
    [InlineData("1.5", "3", "2", "1", "1.5", "1.25", "None", false)]
    [InlineData("0.5", "1", "2", "1", "1", "1", "None", false)]
    [InlineData("0.5", "3", "2", "1", "1.5", "1.75", "None", false)]
    [InlineData("0.5", "3", "2", "4", "1.5", "2", "None", false)]
    [InlineData("0.5", "3", "2", "-1", "1.5", "1", "None", false)]
    [InlineData("0.5", "\"Infinity\"", "2", "1", "1.5", "1.25", "None", false)]
    [InlineData("\"NaN\"", "3", "2", "1", "1.5", "1.25", "None", false)]
    [InlineData("0.5", "3", "2", "1", "1.5", "1.25", "Target", false)]
    [InlineData("0", "\"Infinity\"", "\"Infinity\"", "\"NaN\"", "\"Infinity\"", "\"Infinity\"", "Target", true)]
    [InlineData("0", "\"Infinity\"", "\"Infinity\"", "\"NaN\"", "\"Infinity\"", "\"Infinity\"", "Prediction", false)]
    [InlineData("0", "\"Infinity\"", "\"Infinity\"", "\"Infinity\"", "\"NaN\"", "\"Infinity\"", "Prediction", true)]
    [InlineData("\"NaN\"", "\"Infinity\"", "\"Infinity\"", "\"NaN\"", "\"NaN\"", "\"NaN\"", "Both", true)]
    [InlineData("0", "\"Infinity\"", "\"Infinity\"", "\"NaN\"", "\"NaN\"", "\"NaN\"", "Both", false)]
    [InlineData("0.5", "3", "2", "1", "1.5", "1.25", "Neither", false)]
    [InlineData("0.5", "3", "2", "1", "1.5", "1.25", "None, None", false)]
    public void SurfaceScores_ThatTheFormulasCanGive(string nsd, string hd, string hd95, string there, string back, string both, string empty, bool isGood)
    {
        File.WriteAllText(_file, $$"""{"metrics":"SurfaceMetrics","mode":"Binary","classes":1,"evaluated":[0],"ignoreIndex":null,"toleranceMm":[2],"images":[[{"normalizedSurfaceDistance":{{nsd}},"hausdorff":{{hd}},"hausdorff95":{{hd95}},"averageTargetToPrediction":{{there}},"averagePredictionToTarget":{{back}},"averageSymmetric":{{both}},"empty":"{{empty}}"}]]}""");
        var load = FluentActions.Invoking(() => SurfaceMetrics.Load(_file).Images);
        if (isGood)
        {
            load().Should().Be(1);
        }
        else
        {
            load.Should().Throw<InvalidDataException>().WithMessage($"{_file} does not hold saved SurfaceMetrics*");
        }
    }

    /// <summary>Whatever has been measured can be read back: rounding is no contradiction.</summary>
    [Fact]
    public void Measured_IsAlwaysRead() => MaskPair.Any.Sample(pair =>
    {
        using var scope = NewDisposeScope();
        long[] shape = [1, 1, .. pair.Shape.Select(size => (long)size)];
        var surface = new SurfaceMetrics(1) { ToleranceMm = [1], Mode = SegmentationMode.Binary };
        surface.Add(tensor(pair.Prediction, shape), tensor(pair.Target, shape), pair.Spacing);
        surface.Save(_file);
        SurfaceMetrics.Load(_file).Image(0, 0).Should().Be(surface.Image(0, 0));
    }, iter: 200);
}
