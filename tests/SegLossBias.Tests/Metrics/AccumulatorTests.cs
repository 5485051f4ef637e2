namespace SegLossBias.Tests.Metrics;

/// <summary>Shards add up to one pass, and a saved accumulator is the same accumulator.</summary>
public sealed class AccumulatorTests : IDisposable
{
    private static readonly EmptyPolicies Policies = new(EmptyPolicy.Skip, EmptyPolicy.Value(3), EmptyPolicy.Value(7));

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Merging_EqualsOnePass()
    {
        using var scope = NewDisposeScope();
        var (overlap, surface) = (NewOverlap(), NewSurface());
        var shards = Enumerable.Range(0, 3).Select(seed =>
        {
            var (prediction, target) = Batch(seed);
            overlap.Add(prediction, target);
            surface.Add(prediction, target, 1, 2);
            var shard = (Overlap: NewOverlap(), Surface: NewSurface());
            shard.Overlap.Add(prediction, target);
            shard.Surface.Add(prediction, target, 1, 2);
            return shard;
        }).ToArray();

        var (merged, mergedSurface) = (NewOverlap(), NewSurface());
        foreach (var shard in shards)
        {
            merged.Merge(shard.Overlap);
            mergedSurface.Merge(shard.Surface);
        }

        Same(merged, overlap);
        Same(mergedSurface, surface);
        shards[0].Overlap.Images.Should().Be(2, "what is merged stays as it was");
    }

    [Fact]
    public void Reset_StartsAnew()
    {
        using var scope = NewDisposeScope();
        var (metrics, surface) = (NewOverlap(), NewSurface());
        var (prediction, target) = Batch(0);
        metrics.Add(prediction, target);
        surface.Add(prediction, target, 1, 2);
        metrics.Reset();
        surface.Reset();
        (metrics.Images, surface.Images, metrics.Pooled(1)).Should().Be((0, 0, default(OverlapCounts)));
        metrics.Add(prediction, target);
        var fresh = NewOverlap();
        fresh.Add(prediction, target);
        Same(metrics, fresh);
    }

    [Fact]
    public void SavedAndLoaded_IsTheSame_AndGoesOn()
    {
        using var scope = NewDisposeScope();
        var (overlap, surface) = (NewOverlap(), NewSurface());
        var (prediction, target) = Batch(1);
        overlap.Add(prediction, target);
        surface.Add(prediction, target, 1, 2);
        surface.Add(zeros_like(prediction), target, 1, 2);
        surface.Add(zeros_like(prediction), zeros_like(target), 1, 2);

        overlap.Save(_file);
        var loaded = OverlapMetrics.Load(_file);
        Same(loaded, overlap);
        loaded.Add(prediction, target);
        loaded.Merge(overlap);
        loaded.Images.Should().Be(6);

        surface.Save(_file);
        var loadedSurface = SurfaceMetrics.Load(_file);
        Same(loadedSurface, surface);
        loadedSurface.Image(2, 1).Hausdorff.Should().Be(double.PositiveInfinity, "a missed structure is saved too");
        loadedSurface.Merge(surface);
        loadedSurface.Images.Should().Be(12);
    }

    [Fact]
    public void DifferentSettings_AreNotMerged()
    {
        var metrics = NewOverlap();
        foreach (var other in (OverlapMetrics[])[new(4), new(3), new(3) { Selection = ClassSelection.WithoutBackground }, new(3) { IgnoreIndex = 0 }, new(3) { Mode = SegmentationMode.Multilabel, IgnoreIndex = 255 }])
        {
            FluentActions.Invoking(() => metrics.Merge(other)).Should().Throw<ArgumentException>().WithMessage("only results of the same settings can be merged, but these are of Classes = 3, Mode = Multiclass*");
        }

        FluentActions.Invoking(() => metrics.Merge(metrics)).Should().Throw<ArgumentException>().WithMessage("*twice*");
        FluentActions.Invoking(() => NewSurface().Merge(new SurfaceMetrics(3) { ToleranceMm = [2], Selection = ClassSelection.WithoutBackground, IgnoreIndex = 255 }))
            .Should().Throw<ArgumentException>().WithMessage("*same tolerances*[1, 1, 1] mm*[2, 2, 2] mm*");
        FluentActions.Invoking(() => NewSurface().Merge(new SurfaceMetrics(3) { ToleranceMm = [1] })).Should().Throw<ArgumentException>().WithMessage("*same settings*");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("""{"metrics":"OverlapMetrics","mode":"Multiclass","classes":3,"evaluated":[0,5],"images":[]}""")]
    [InlineData("""{"metrics":"OverlapMetrics","mode":"Multiclass","classes":3,"evaluated":[0,1],"images":[[[1,2,3,4]]]}""")]
    [InlineData("""{"metrics":"OverlapMetrics","mode":"Multiclass","classes":3,"evaluated":[0],"images":[[[1,2,3]]]}""")]
    [InlineData("""{"metrics":"OverlapMetrics","mode":"Multiclass","classes":3,"evaluated":[0],"images":[[[1,2,3,-4]]]}""")]
    [InlineData("""{"metrics":"SurfaceMetrics","mode":"Multiclass","classes":3,"evaluated":[0],"images":[]}""")]
    [InlineData("""{"metrics":"SurfaceMetrics","mode":"Multiclass","classes":2,"evaluated":[1],"ignoreIndex":null,"toleranceMm":[1,1],"images":[[{}]]}""")]
    [InlineData("""{"metrics":"SurfaceMetrics","mode":"Multiclass","classes":2,"evaluated":[1],"ignoreIndex":null,"toleranceMm":[1],"images":[]}""")]
    [InlineData("""{"metrics":"OverlapMetrics","mode":"Binary","classes":3,"evaluated":[0],"ignoreIndex":null,"toleranceMm":null,"images":[]}""")]
    [InlineData("""{"metrics":"OverlapMetrics","mode":"Multiclass","classes":1,"evaluated":[0],"ignoreIndex":null,"toleranceMm":null,"images":[]}""")]
    [InlineData("""{"metrics":"SurfaceMetrics","mode":"Binary","classes":2,"evaluated":[1],"ignoreIndex":null,"toleranceMm":[1,1],"images":[]}""")]
    [InlineData("""{"metrics":"SurfaceMetrics","mode":"Multiclass","classes":2,"evaluated":[1],"ignoreIndex":null,"toleranceMm":[1,"NaN"],"images":[]}""")]
    [InlineData("""{"metrics":"SurfaceMetrics","mode":"Multiclass","classes":2,"evaluated":[1],"ignoreIndex":null,"toleranceMm":[1,-0.5],"images":[]}""")]
    [InlineData("""{"metrics":"SurfaceMetrics","mode":"Multiclass","classes":2,"evaluated":[1],"ignoreIndex":null,"toleranceMm":["Infinity",1],"images":[]}""")]
    public void OtherFiles_AreRefused(string content)
    {
        File.WriteAllText(_file, content);
        FluentActions.Invoking(() => OverlapMetrics.Load(_file)).Should().Throw<InvalidDataException>().WithMessage($"{_file} does not hold saved OverlapMetrics*");
        FluentActions.Invoking(() => SurfaceMetrics.Load(_file)).Should().Throw<InvalidDataException>().WithMessage($"{_file} does not hold saved SurfaceMetrics*");
    }

    /// <summary>What is being written shows only when it is complete; else the file stays as it was, and nothing beside it.</summary>
    [Fact]
    public void SavingThatFails_LeavesTheFileAsItWas()
    {
        var folder = Directory.CreateTempSubdirectory("SegLossBias.");
        try
        {
            var path = Path.Combine(folder.FullName, "metrics.json");
            NewOverlap().Save(path);
            var before = File.ReadAllText(path);
            void Write(Stream file)
            {
                file.WriteByte((byte)'{');
                throw new IOException("the disk is full");
            }

            FluentActions.Invoking(() => MetricJson.Save(path, Write)).Should().Throw<IOException>();

            File.ReadAllText(path).Should().Be(before);
            folder.GetFiles().Should().ContainSingle();
            FluentActions.Invoking(() => NewOverlap().Save(folder.FullName)).Should().Throw<Exception>("a folder is no file");
            folder.Parent!.GetFiles($"{folder.Name}.*").Should().BeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static OverlapMetrics NewOverlap() => new(3) { IgnoreIndex = 255 };

    private static SurfaceMetrics NewSurface() => new(3) { ToleranceMm = [1], Selection = ClassSelection.WithoutBackground, IgnoreIndex = 255 };

    private static (Tensor Prediction, Tensor Target) Batch(int seed)
    {
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, [2, 3, 4, 5], seed, ignored: 0.1);
        return (tensor(PlainCounts.Prediction(scene), scene.LabelShape), scene.TargetTensor());
    }

    private static void Same(OverlapMetrics actual, OverlapMetrics expected)
    {
        actual.Images.Should().Be(expected.Images);
        actual.Evaluated.Should().Equal(expected.Evaluated);
        foreach (var k in expected.Evaluated)
        {
            Enumerable.Range(0, actual.Images).Select(n => actual.Image(n, k)).Should().Equal(Enumerable.Range(0, actual.Images).Select(n => expected.Image(n, k)));
            actual.Pooled(k).Should().Be(expected.Pooled(k));
        }

        actual.Mean(OverlapMetric.Dice, Policies).Should().Be(expected.Mean(OverlapMetric.Dice, Policies));
    }

    private static void Same(SurfaceMetrics actual, SurfaceMetrics expected)
    {
        actual.Images.Should().Be(expected.Images);
        actual.Evaluated.Should().Equal(expected.Evaluated);
        foreach (var k in expected.Evaluated)
        {
            Enumerable.Range(0, actual.Images).Select(n => actual.Image(n, k)).Should().Equal(Enumerable.Range(0, actual.Images).Select(n => expected.Image(n, k)));
        }

        actual.Mean(SurfaceMetric.Hausdorff95, Policies).Should().Be(expected.Mean(SurfaceMetric.Hausdorff95, Policies));
    }
}
