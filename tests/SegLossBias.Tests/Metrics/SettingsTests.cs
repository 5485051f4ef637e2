using System.Reflection;

namespace SegLossBias.Tests.Metrics;

/// <summary>Settings of metrics: an option more does not break a compiled caller, and each is checked and can be read.</summary>
public class SettingsTests
{
    private static readonly Type[] Public =
    [
        typeof(OverlapMetrics), typeof(SurfaceMetrics), typeof(OverlapCounts), typeof(SurfaceScores), typeof(SurfaceDistances),
        typeof(MetricSummary), typeof(EmptyPolicies), typeof(EmptyPolicy), typeof(BoundaryMetrics), typeof(VolumeMetrics), typeof(VolumeScores), typeof(LesionMetrics), typeof(LesionCounts),
        typeof(CenterlineMetrics), typeof(CenterlineCounts), typeof(ConfusionMetrics), typeof(ConfusionMatrix), typeof(CalibrationMetrics), typeof(CalibrationBin), typeof(MetricReport),
    ];

    public static TheoryData<string> Types => [.. Public.Select(type => type.Name)];

    /// <summary>What an appended optional parameter or member would break: constructors with optional parameters, positional records.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void Constructors_HaveNoOptions_AndRecordsNoPositions(string name)
    {
        var type = Public.Single(type => type.Name == name);
        type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Should().NotContain(parameter => parameter.IsOptional);
        type.GetMethod("Deconstruct").Should().BeNull();
        type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Should().HaveCountLessThan(5);
    }

    [Fact]
    public void Settings_CanBeRead()
    {
        var overlap = new OverlapMetrics(3) { Mode = SegmentationMode.Multilabel, Selection = ClassSelection.WithoutBackground, IgnoreIndex = 255 };
        (overlap.Classes, overlap.Mode, overlap.Selection, overlap.IgnoreIndex).Should().Be((3, SegmentationMode.Multilabel, ClassSelection.WithoutBackground, 255L));
        overlap.Evaluated.Should().Equal(1, 2);
        overlap.ToString().Should().Be("OverlapMetrics { Classes = 3, Mode = Multilabel, Evaluated = [1, 2], IgnoreIndex = 255 }, 0 images");

        var surface = new SurfaceMetrics(2) { ToleranceMm = [1.5] };
        (surface.Classes, surface.Mode, surface.Selection, surface.IgnoreIndex).Should().Be((2, SegmentationMode.Multiclass, ClassSelection.All, (long?)null));
        surface.ToleranceMm.Should().Equal(1.5, 1.5);
        surface.ToString().Should().Be("SurfaceMetrics { Classes = 2, Mode = Multiclass, Evaluated = [0, 1], IgnoreIndex = none, ToleranceMm = [1.5, 1.5] }, 0 images");
        new EmptyPolicies(EmptyPolicy.Skip, EmptyPolicy.Value(0.5), EmptyPolicy.NaN).ToString().Should().Be("both: Skip, target: Value(0.5), prediction: NaN");
        new OverlapCounts(6, 2, 4, 8).ToString().Should().Be("TP 6, FP 2, FN 4, TN 8");
    }

    /// <summary>Every property that can be set is an option of its own, set once.</summary>
    [Fact]
    public void Options_AreInitOnly()
    {
        var setters = Public.SelectMany(type => type.GetProperties()).Select(property => property.SetMethod).OfType<MethodInfo>().Where(setter => setter.IsPublic);
        setters.Should().HaveCountGreaterThan(6).And.OnlyContain(setter => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)));
    }

    [Fact]
    public void EachSetting_IsCheckedWhereItIsSet()
    {
        FluentActions.Invoking(() => new OverlapMetrics(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes").WithMessage("classes must be at least 1, but it is 0;*");
        FluentActions.Invoking(() => new SurfaceMetrics(-1) { ToleranceMm = [1] }).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
        FluentActions.Invoking(() => new OverlapMetrics(3) { Mode = (SegmentationMode)7 }).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Mode").WithMessage("*Multiclass, Binary, Multilabel*but it is 7;*");
        FluentActions.Invoking(() => new SurfaceMetrics(3) { ToleranceMm = [1], Mode = (SegmentationMode)7 }).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Mode");
        FluentActions.Invoking(() => new OverlapMetrics(3) { Selection = null! }).Should().Throw<ArgumentNullException>().WithParameterName("Selection");
        FluentActions.Invoking(() => new SurfaceMetrics(3) { ToleranceMm = null! }).Should().Throw<ArgumentNullException>().WithParameterName("ToleranceMm");
        FluentActions.Invoking(() => new SurfaceMetrics(3) { ToleranceMm = [1, 2] }).Should().Throw<ArgumentException>().WithParameterName("ToleranceMm");
    }

    /// <summary>Settings that are good alone are checked together when they are first used, in whatever order they were set.</summary>
    [Fact]
    public void Settings_ThatContradictEachOther_AreRefusedAtTheFirstUse()
    {
        using var scope = NewDisposeScope();
        var metrics = new OverlapMetrics(2) { Mode = SegmentationMode.Binary };
        var mask = zeros([1, 4], ScalarType.Int64);
        foreach (var use in (Action[])[() => metrics.Add(mask, mask), () => metrics.AddLogits(zeros(1, 1, 4), mask), () => _ = metrics.Evaluated, () => metrics.Merge(metrics), () => metrics.Pooled(0)])
        {
            use.Should().Throw<ArgumentException>().WithParameterName("classes").WithMessage("*binary labels 1 (the foreground)*Mode is Binary and there are 2 classes*");
        }

        metrics.ToString().Should().Contain("Mode is Binary and there are 2 classes");
    }

    [Fact]
    public void Metrics_ThatAreNone_AreRefused_WithoutImagesToo()
    {
        var none = new EmptyPolicies(EmptyPolicy.Skip, EmptyPolicy.Skip, EmptyPolicy.Skip);
        var (overlap, surface) = (new OverlapMetrics(3), new SurfaceMetrics(3) { ToleranceMm = [1] });
        foreach (var use in (Action[])[
            () => overlap.Mean((OverlapMetric)99, none), () => overlap.MeanOfClass((OverlapMetric)99, 0, none), () => overlap.MeanOfPooled((OverlapMetric)99, none),
            () => surface.Mean((SurfaceMetric)99, none), () => surface.MeanOfClass((SurfaceMetric)99, 0, none), () => default(SurfaceScores).Value((SurfaceMetric)99), () => default(OverlapCounts).Value((OverlapMetric)99)])
        {
            use.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("metric");
        }
    }

    [Fact]
    public void Counts_BelowZeroOrBeyondCounting_AreRefused()
    {
        FluentActions.Invoking(() => new OverlapCounts(1, -2, 3, 4)).Should().Throw<ArgumentException>().WithMessage("*at least 0, but one is -2*");
        FluentActions.Invoking(() => new OverlapCounts(long.MaxValue, 1, 0, 0)).Should().Throw<ArgumentException>().WithMessage($"*at most {long.MaxValue}*");
        var many = new OverlapCounts(long.MaxValue, 0, 0, 0);
        (many.Dice, many.VolumeSimilarity, many.IoU).Should().Be((1, 1, 1), "2 TP is more than a long can hold");
        FluentActions.Invoking(() => many + new OverlapCounts(0, 0, 0, 1)).Should().Throw<ArgumentException>().WithMessage($"*{long.MaxValue} and the others 1;*");
    }
}
