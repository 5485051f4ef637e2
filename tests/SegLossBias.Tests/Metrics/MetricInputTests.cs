using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Metrics;

/// <summary>What metrics refuse, in words that say what came and what to do; and that they keep no tensor.</summary>
public class MetricInputTests
{
    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Labels_OutOfRange_AreNamedWithTheirPosition(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(mode);
        var classes = (int)Given.Channels(mode);
        var last = mode == SegmentationMode.Multiclass ? 2 : 1;
        foreach (var wrong in (long[])[last + 1, -1, 255, 16_777_217, long.MaxValue, long.MinValue])
        {
            var labels = target.clone();
            labels.view(-1).index_fill_(0, tensor((long[])[23]), wrong);
            var position = mode == SegmentationMode.Multilabel ? "[0, 1, 0, 3]" : "[1, 0, 3]";
            foreach (var ignoreIndex in (long?[])[null, 7])
            {
                Refusal(() => new OverlapMetrics(classes) { Mode = mode, IgnoreIndex = ignoreIndex }.Add(target, labels), "target", $"*labels of the target are *0*{last}* but label {wrong} occurs at {position}; set IgnoreIndex = {wrong} *");
                Refusal(() => new OverlapMetrics(classes) { Mode = mode, IgnoreIndex = ignoreIndex }.Add(labels, target), "prediction", $"*labels of the prediction *label {wrong} occurs at {position}; map the *");
                Refusal(() => new SurfaceMetrics(classes) { ToleranceMm = [1], Mode = mode, IgnoreIndex = ignoreIndex }.AddLogits(logits, labels, 1, 1), "target", $"*label {wrong} occurs at {position}*");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Shapes_Types_AndDevices(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(mode);
        var metrics = new OverlapMetrics((int)Given.Channels(mode)) { Mode = mode };
        Refusal(() => metrics.Add(target, target[0]), "target", $"for a {mode} prediction of shape [2, *] the target must be *, but its shape is [*");
        Refusal(() => metrics.Add(logits, target), "prediction", "*must hold integers or bools, but it is Float32*AddLogits*");
        Refusal(() => metrics.Add(target, target.to(ScalarType.Float32).mul(0.5)), "target", "*hard labels are needed here, make them with target.gt(0.5)*");
        Refusal(() => metrics.Add(target, target.to(ScalarType.ComplexFloat32)), "target", "*must hold integers, bools or floats, but it is ComplexFloat32*");
        Refusal(() => metrics.Add(target, target.to(META)), "target", "*prediction is on cpu and target on meta*");
        Refusal(() => metrics.Add(target.to(META), target.to(META)), "prediction", "*meta device*");
        Refusal(() => metrics.Add(target.to_sparse(), target), "prediction", "*to_dense()*");
        Refusal(() => metrics.Add(zeros([4], ScalarType.Int64), zeros([4], ScalarType.Int64)), "prediction", $"a {mode} prediction must be [N, *, but its shape is [4]; *unsqueeze*");
        Refusal(() => metrics.AddLogits(logits.repeat(1, 2, 1, 1), target), "logits", "*channel*");
        Refusal(() => metrics.AddLogits(logits, target.unsqueeze(0)), "target", "*the target must be*");
        Refusal(() => metrics.AddLogits(target, target), "logits", "*must be float16*");
        Refusal(() => metrics.AddLogits(logits.index_fill(-1, tensor(2L), float.NaN), target), "logits", "logits must be numbers, but [0, 0, 0, 2] is NaN*");
        FluentActions.Invoking(() => metrics.Add(null!, target)).Should().Throw<ArgumentNullException>().WithParameterName("prediction");
        FluentActions.Invoking(() => metrics.Add(target, null!)).Should().Throw<ArgumentNullException>().WithParameterName("target");
        var disposed = target.clone();
        disposed.Dispose();
        Refusal(() => metrics.Add(target, disposed), "target", "*disposed*");
        metrics.Images.Should().Be(0, "nothing was added");
    }

    /// <summary>A network may say anything under an ignored pixel, NaN too.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void NotANumber_UnderAnIgnoredPixel_ChangesNothing(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.3);
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        var ignored = target.eq(Scene.Ignore);
        ignored = (mode == SegmentationMode.Multilabel ? ignored : ignored.unsqueeze(1)).expand_as(logits);
        Tensor[] targets = mode == SegmentationMode.Multiclass
            ? [target, nn.functional.one_hot(target.masked_fill(target.eq(Scene.Ignore), 0), 3).permute(0, 3, 1, 2).masked_fill(ignored, Scene.Ignore)]
            : [target];
        foreach (var labels in targets)
        {
            var (expected, actual) = (New(), New());
            expected.AddLogits(logits, labels);
            actual.AddLogits(logits.masked_fill(ignored, double.NaN), labels);
            foreach (var k in expected.Evaluated)
            {
                actual.Pooled(k).Should().Be(expected.Pooled(k));
            }

            Refusal(() => New().AddLogits(full_like(logits, double.NaN), labels), "logits", "logits must be numbers, but [*] is NaN*");
        }

        OverlapMetrics New() => new((int)scene.Classes) { Mode = mode, IgnoreIndex = Scene.Ignore };
    }

    [Fact]
    public void OneHot_ThatIsNot_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        var oneHot = nn.functional.one_hot(target, 3).permute(0, 3, 1, 2).contiguous();
        oneHot[1, TensorIndex.Colon, 2, 4] = tensor((long[])[1, 1, 0]);
        Refusal(() => new OverlapMetrics(3).AddLogits(logits, oneHot), "target", "*must be one-hot*pixel [1, 2, 4] 2 are 1 and not all others 0*");
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass, 1)]
    [InlineData(SegmentationMode.Binary, 2)]
    [InlineData(SegmentationMode.Multilabel, 0)]
    public void Classes_MustFitTheMode(SegmentationMode mode, int classes)
    {
        FluentActions.Invoking(() => _ = new OverlapMetrics(classes) { Mode = mode }.Evaluated).Should().Throw<ArgumentException>().WithParameterName(nameof(classes));
        FluentActions.Invoking(() => _ = new SurfaceMetrics(classes) { ToleranceMm = [1], Mode = mode }.Evaluated).Should().Throw<ArgumentException>().WithParameterName(nameof(classes));
    }

    [Fact]
    public void Selection_MustBeThere()
    {
        FluentActions.Invoking(() => _ = new OverlapMetrics(3) { Selection = ClassSelection.Of(3) }.Evaluated).Should().Throw<ArgumentException>().WithMessage("class 3 is selected*");
        FluentActions.Invoking(() => _ = new OverlapMetrics(1) { Selection = ClassSelection.WithoutBackground, Mode = SegmentationMode.Binary }.Evaluated).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Surfaces_NeedMasksShapeAndSpacingThatBelongTogether()
    {
        using var scope = NewDisposeScope();
        var mask = new bool[12];
        Refusal(() => SurfaceDistances.Compute(mask, mask, [12], [1]), "shape", "*must be [height, width]*");
        Refusal(() => SurfaceDistances.Compute(mask, mask, [1, 1, 3, 4], [1, 1, 1, 1]), "shape", "*[1, 1, 3, 4]*");
        Refusal(() => SurfaceDistances.Compute(mask, mask, [0, 4], [1, 1]), "shape", "*at least 1 pixel*");
        Refusal(() => SurfaceDistances.Compute(mask, mask, [50000, 50000], [1, 1]), "shape", "*crop*");
        Refusal(() => SurfaceDistances.Compute(mask, mask, [int.MaxValue, int.MaxValue, int.MaxValue], [1, 1, 1]), "shape", "*9903520314283042199192993792; crop*");
        Refusal(() => SurfaceDistances.Compute(mask, mask, [3, 4], [1]), "spacingMm", "*each of the 2 spatial axes*");
        Refusal(() => SurfaceDistances.Compute(mask, new bool[11], [3, 4], [1, 1]), "target", "*12 pixels*it has 11*");
        Refusal(() => SurfaceDistances.Compute(ones([3, 4], ScalarType.Bool), ones([4, 3], ScalarType.Bool), 1, 1), "target", "*the same shape*[3, 4] and [4, 3]*");
        Refusal(() => DistanceTransform.Compute(mask, [3, 5], [1, 1]), "mask", "*15 pixels*");
        foreach (var spacing in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            Refusal(() => SurfaceDistances.Compute(mask, mask, [3, 4], [1, spacing]), "spacingMm", "*above 0*");
        }

        foreach (var spacing in (double[])[double.Epsilon, 1e-162, 1e-101, 1e101, 1e155, double.MaxValue])
        {
            Refusal(() => SurfaceDistances.Compute(mask, mask, [3, 4], [1, spacing]), "spacingMm", "*must lie in 1e-60..1e60 mm*");
            Refusal(() => DistanceTransform.Compute(mask, [3, 4], [1, spacing]), "spacingMm", "*must lie in 1e-60..1e60 mm*");
        }

        var labels = ones([1, 3, 4], ScalarType.Int64);
        Refusal(() => new SurfaceMetrics(2) { ToleranceMm = [1] }.Add(labels, labels, 1, 1, 1), "spacingMm", "*3 values*2 axes*");
        Refusal(() => SurfaceDistances.Compute(labels[0].mul(2), labels[0], 1, 1), "prediction", "*label 2 occurs at [0, 0]*");
        FluentActions.Invoking(() => new SurfaceMetrics(3) { ToleranceMm = [1, 2] }).Should().Throw<ArgumentException>().WithMessage("*1 value or one for each of the 3 classes*");
        FluentActions.Invoking(() => new SurfaceMetrics(3) { ToleranceMm = [-1] }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => SurfaceDistances.Compute(mask, mask, [3, 4], [1, 1]).NormalizedSurfaceDistance(double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => SurfaceDistances.Compute(mask, mask, [3, 4], [1, 1]).Hausdorff(101)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void NoTensorIsLeftBehind(SegmentationMode mode)
    {
        using var outer = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var (logits, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        var wrong = target.masked_fill(target.eq(Scene.Ignore), 99);
        var maps = tensor(PlainCounts.Prediction(scene), scene.LabelShape);

        LiveHandles.LeftBy(() => Use(scene, logits, maps, target, wrong)).Should().Be(0);
        using var inner = NewDisposeScope();
        LiveHandles.LeftBy(() => Use(scene, logits, maps, target, wrong)).Should().Be(0);
        inner.DisposablesCount.Should().Be(0);
        inner.Contains(zeros(1)).Should().Be(true, "the user's scope is the current one again");
        (logits.IsInvalid, maps.IsInvalid, target.IsInvalid).Should().Be((false, false, false));
    }

    private static void Use(Scene scene, Tensor logits, Tensor maps, Tensor target, Tensor wrong)
    {
        var overlap = new OverlapMetrics((int)scene.Classes) { Mode = scene.Mode, IgnoreIndex = Scene.Ignore };
        overlap.Add(maps, target);
        overlap.AddLogits(logits, target);
        var surface = new SurfaceMetrics((int)scene.Classes) { ToleranceMm = [1], Mode = scene.Mode, IgnoreIndex = Scene.Ignore };
        surface.Add(maps, target, 1, 1);
        surface.AddLogits(logits, target, 1, 1);
        FluentActions.Invoking(() => overlap.Add(maps, wrong)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => surface.AddLogits(logits, wrong, 1, 1)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => surface.Add(maps, target, 1)).Should().Throw<ArgumentException>();
    }

    private static void Refusal(Action call, string parameter, string message) =>
        call.Should().Throw<ArgumentException>().WithParameterName(parameter).WithMessage(message);
}
