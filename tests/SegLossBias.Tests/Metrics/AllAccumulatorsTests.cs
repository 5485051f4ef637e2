using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Metrics;

/// <summary>What every accumulator must do: shards add up to one pass, a saved one goes on, and what does not fit is refused.</summary>
public sealed class AllAccumulatorsTests : IDisposable
{
    private const string FartherThanTheDiagonal =
        """{"normalizedSurfaceDistance":0.5,"hausdorff":3,"hausdorff95":2,"averageTargetToPrediction":1,"averagePredictionToTarget":1,"averageSymmetric":1,"empty":"None","diagonalMm":2}""";

    private static readonly double[] Spacing = [1, 2];

    private readonly string _file = Path.GetTempFileName();

    /// <summary>An accumulator with its calls, under one shape.</summary>
    internal sealed record Kind(
        Func<SegmentationMode, SegmentationMetrics> New, Action<SegmentationMetrics, Tensor, Tensor> Add, Action<SegmentationMetrics, SegmentationMetrics> Merge,
        Action<SegmentationMetrics, string> Save, Func<string, SegmentationMetrics> Load);

    private static readonly Dictionary<string, Kind> Kinds = new()
    {
        ["Overlap"] = Of(mode => new OverlapMetrics(K(mode)) { Mode = mode, IgnoreIndex = 255 }, (m, z, t) => m.AddLogits(z, t), (m, o) => m.Merge(o), (m, path) => m.Save(path), OverlapMetrics.Load),
        ["Surface"] = Of(mode => new SurfaceMetrics(K(mode)) { Mode = mode, IgnoreIndex = 255, ToleranceMm = [1] }, (m, z, t) => m.AddLogits(z, t, Spacing), (m, o) => m.Merge(o), (m, path) => m.Save(path), SurfaceMetrics.Load),
        ["Boundary"] = Of(mode => new BoundaryMetrics(K(mode)) { Mode = mode, IgnoreIndex = 255, DistanceRatio = 0.05 }, (m, z, t) => m.AddLogits(z, t), (m, o) => m.Merge(o), (m, path) => m.Save(path), BoundaryMetrics.Load),
        ["Volume"] = Of(mode => new VolumeMetrics(K(mode)) { Mode = mode, IgnoreIndex = 255 }, (m, z, t) => m.AddLogits(z, t, Spacing), (m, o) => m.Merge(o), (m, path) => m.Save(path), VolumeMetrics.Load),
        ["Lesion"] = Of(mode => new LesionMetrics(K(mode)) { Mode = mode, IgnoreIndex = 255, MinimumIoU = 0.2, Connectivity = Connectivity.Faces }, (m, z, t) => m.AddLogits(z, t), (m, o) => m.Merge(o), (m, path) => m.Save(path), LesionMetrics.Load),
        ["Centerline"] = Of(mode => new CenterlineMetrics(K(mode)) { Mode = mode, IgnoreIndex = 255 }, (m, z, t) => m.AddLogits(z, t), (m, o) => m.Merge(o), (m, path) => m.Save(path), CenterlineMetrics.Load),
        ["Confusion"] = Of(mode => new ConfusionMetrics(K(mode)) { IgnoreIndex = 255 }, (m, z, t) => m.AddLogits(z, t), (m, o) => m.Merge(o), (m, path) => m.Save(path), ConfusionMetrics.Load),
    };

    public static TheoryData<string, SegmentationMode> All
    {
        get
        {
            var data = new TheoryData<string, SegmentationMode>();
            foreach (var kind in Kinds.Keys)
            {
                foreach (var mode in Enum.GetValues<SegmentationMode>().Where(mode => kind != "Confusion" || mode == SegmentationMode.Multiclass))
                {
                    data.Add(kind, mode);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Names => [.. Kinds.Keys];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void EveryAccumulator_IsHere() => typeof(SegmentationMetrics).Assembly.GetExportedTypes()
        .Where(type => type.IsSubclassOf(typeof(SegmentationMetrics)) && !type.IsAbstract).Select(type => type.Name)
        .Should().BeEquivalentTo(Kinds.Keys.Append("Calibration").Select(name => $"{name}Metrics"), "that of calibration has tests of its own");

    /// <summary>An image with an empty axis has no pixel and no structure; surfaces refuse it, since they have a diagonal.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void EmptyAxis_HasEmptyMasks(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        foreach (var (height, width) in ((long, long)[])[(0, 3), (3, 0)])
        {
            var metrics = Kinds[name].New(mode);
            var logits = zeros([1, K(mode), height, width], ScalarType.Float32, CPU);
            var target = zeros(mode == SegmentationMode.Multilabel ? logits.shape : [1, height, width], ScalarType.Int64, CPU);
            if (name == "Surface")
            {
                FluentActions.Invoking(() => Kinds[name].Add(metrics, logits, target)).Should().Throw<ArgumentException>().WithMessage("every axis needs at least 1 pixel*");
                continue;
            }

            Kinds[name].Add(metrics, logits, target);
            metrics.Images.Should().Be(1);
            new MetricReport(metrics).ToCsv().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Should().NotBeEmpty().And.OnlyContain(line => line.TrimEnd('\r').EndsWith("Both", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Merging_EqualsOnePass_ThroughFiles(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var kind = Kinds[name];
        var (whole, merged) = (kind.New(mode), kind.New(mode));
        for (var seed = 0; seed < 3; seed++)
        {
            var scene = Scenes.Usual(mode, seed, ignored: 0.2);
            var target = seed == 2 ? scene.TargetTensor().clamp_max(0) : scene.TargetTensor();
            kind.Add(whole, scene.LogitsTensor(), target);
            var shard = kind.New(mode);
            kind.Add(shard, scene.LogitsTensor(), target);
            kind.Save(shard, _file);
            kind.Merge(merged, kind.Load(_file));
        }

        merged.ToString().Should().Be(whole.ToString()).And.EndWith("6 images");
        Csv(merged).Should().Be(Csv(whole)).And.Contain("\r\n5,");
        kind.Save(merged, _file);
        Csv(kind.Load(_file)).Should().Be(Csv(whole));
        kind.Load(_file).IgnoreIndex.Should().Be(255);
        kind.Load(_file).IgnoreIndices.Should().BeEmpty();
        FluentActions.Invoking(() => kind.Merge(merged, merged)).Should().Throw<ArgumentException>().WithMessage("*twice*");
        merged.Reset();
        merged.Images.Should().Be(0);
        kind.Merge(merged, whole);
        Csv(merged).Should().Be(Csv(whole));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void NoTensorIsLeftBehind_AndIgnoredPixelsChangeNothing(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var kind = Kinds[name];
        var scene = Scenes.Usual(mode, ignored: 0.3);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        var ignored = (mode == SegmentationMode.Multilabel ? target : target.reshape(scene.Images, 1, 4, 5)).eq(Scene.Ignore);
        var (metrics, other) = (kind.New(mode), kind.New(mode));
        LiveHandles.LeftBy(() => kind.Add(metrics, logits, target)).Should().Be(0);
        kind.Add(other, logits.neg().where(ignored, logits), target);
        Csv(other).Should().Be(Csv(metrics));
        var wrong = target.masked_fill(ignored.reshape(target.shape), 99);
        LiveHandles.LeftBy(() => FluentActions.Invoking(() => kind.Add(metrics, logits, wrong)).Should().Throw<ArgumentException>().WithMessage("*label 99 occurs at*")).Should().Be(0);
        metrics.Images.Should().Be(2);
        kind.Add(metrics, logits.narrow(0, 0, 0), target.narrow(0, 0, 0));
        metrics.Images.Should().Be(2, "a batch without images adds none");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OtherFiles_AreRefused(string name)
    {
        var kind = Kinds[name];
        kind.Save(kind.New(SegmentationMode.Multiclass), _file);
        var good = File.ReadAllText(_file);
        kind.Load(_file).Images.Should().Be(0);
        foreach (var content in (string[])["", "null", "{}", good.Replace($"{name}Metrics", "OtherMetrics", StringComparison.Ordinal), good.Replace("\"images\":[]", "\"images\":[[null,null,null]]", StringComparison.Ordinal), good.Replace("\"classes\":3", "\"classes\":1", StringComparison.Ordinal)])
        {
            File.WriteAllText(_file, content);
            FluentActions.Invoking(() => kind.Load(_file)).Should().Throw<InvalidDataException>().WithMessage($"{_file} does not hold saved {name}Metrics*");
        }
    }

    [Theory]
    [InlineData("Boundary", "\"distanceRatio\":0.05", "\"distanceRatio\":0", "*the setting distanceRatio is missing or out of range*")]
    [InlineData("Boundary", "\"images\":[]", "\"images\":[[[1,0,0,5],[1,0,0,-2],[0,0,0,0]]]", "*at least 0*")]
    [InlineData("Lesion", "\"minimumIoU\":0.2", "\"other\":0.2", "*the setting minimumIoU is missing*")]
    [InlineData("Lesion", "\"images\":[]", "\"images\":[[[1,0,0,0.5,0.7],[0,0,0,0,0],[0,0,0,0,0]]]", "*sums of DSC and IoU that fit them*")]
    [InlineData("Lesion", "\"images\":[]", "\"images\":[[[1.5,0,0,1,1],[0,0,0,0,0],[0,0,0,0,0]]]", "*whole numbers*")]
    [InlineData("Centerline", "\"images\":[]", "\"images\":[[[1,2,0,0],[0,0,0,0],[0,0,0,0]]]", "*of these those in the target*")]
    [InlineData("Volume", "\"images\":[]", "\"images\":[[{\"target\":-1,\"prediction\":1},{\"target\":1,\"prediction\":1},{\"target\":1,\"prediction\":1}]]", "*finite and at least 0*")]
    [InlineData("Confusion", "\"images\":[]", "\"images\":[[[1,2],[1,2,3],[0,0,0]]]", "*each of the 3 predicted classes*")]
    [InlineData("Confusion", "\"images\":[]", "\"images\":[[[1,2,-1],[1,2,3],[0,0,0]]]", "*at least 0*")]
    [InlineData("Confusion", "\"evaluated\":[0,1,2]", "\"evaluated\":[0,1]", "*all of them are evaluated*")]
    [InlineData("Surface", "\"images\":[]", $"\"images\":[[{FartherThanTheDiagonal},{FartherThanTheDiagonal},{FartherThanTheDiagonal}]]", "*class 0: its scores contradict each other*")]
    public void FilesThatContradictThemselves(string name, string part, string damaged, string message)
    {
        var kind = Kinds[name];
        kind.Save(kind.New(SegmentationMode.Multiclass), _file);
        var good = File.ReadAllText(_file);
        good.Should().Contain(part);
        File.WriteAllText(_file, good.Replace(part, damaged, StringComparison.Ordinal));
        FluentActions.Invoking(() => kind.Load(_file)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void OtherSettings_AreNotMerged()
    {
        FluentActions.Invoking(() => new LesionMetrics(2).Merge(new LesionMetrics(2) { MinimumIoU = 0.5 })).Should().Throw<ArgumentException>().WithMessage("*same MinimumIoU*0.1*0.5*");
        FluentActions.Invoking(() => new LesionMetrics(2).Merge(new LesionMetrics(2) { Connectivity = Connectivity.Faces })).Should().Throw<ArgumentException>().WithMessage("*same Connectivity*Full*Faces*");
        FluentActions.Invoking(() => new BoundaryMetrics(2).Merge(new BoundaryMetrics(2) { DistanceRatio = 0.5 })).Should().Throw<ArgumentException>().WithMessage("*same DistanceRatio*0.02*0.5*");
        FluentActions.Invoking(() => new ConfusionMetrics(2).Merge(new ConfusionMetrics(3))).Should().Throw<ArgumentException>().WithMessage("*same settings*");
        FluentActions.Invoking(() => new VolumeMetrics(2).Merge(new VolumeMetrics(2) { IgnoreIndex = 1 })).Should().Throw<ArgumentException>().WithMessage("*same settings*");
        FluentActions.Invoking(() => new CenterlineMetrics(2).Merge(null!)).Should().Throw<ArgumentNullException>();
    }

    private static int K(SegmentationMode mode) => mode == SegmentationMode.Binary ? 1 : 3;

    private static string Csv(SegmentationMetrics metrics) => new MetricReport(metrics) { WhenEmpty = EmptyPolicies.Monai }.ToCsv();

    private static Kind Of<T>(Func<SegmentationMode, T> make, Action<T, Tensor, Tensor> add, Action<T, T> merge, Action<T, string> save, Func<string, T> load)
        where T : SegmentationMetrics =>
        new(make, (m, z, t) => add((T)m, z, t), (m, o) => merge((T)m, (T)o), (m, path) => save((T)m, path), load);
}
