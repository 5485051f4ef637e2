namespace SegLossBias.Tests.Metrics;

/// <summary>One-hot labels are understood as a target and refused where they would be counted as label maps of another size.</summary>
public class OneHotTests
{
    private static readonly EmptyPolicies Formula = new(EmptyPolicy.Formula, EmptyPolicy.Formula, EmptyPolicy.Formula);

    /// <summary>Target 0 1 2 2, prediction 0 1 1 1: DSC 1, 2/4 and 0.</summary>
    private static (Tensor Prediction, Tensor Target) FourPixels() => (tensor((long[])[0, 1, 1, 1], [1, 4]), tensor((long[])[0, 1, 2, 2], [1, 4]));

    private static Tensor OneHot(Tensor labels) => nn.functional.one_hot(labels, 3).transpose(1, 2).contiguous();

    [Fact]
    public void Both_AreRefused_AndTheRemediesCount()
    {
        using var scope = NewDisposeScope();
        var (prediction, target) = FourPixels();
        var (oneHot, trueOneHot) = (OneHot(prediction), OneHot(target));
        oneHot.shape.Should().Equal(1, 3, 4);
        var metrics = new OverlapMetrics(3);
        foreach (var dtype in (ScalarType[])[ScalarType.Int64, ScalarType.Byte, ScalarType.Bool])
        {
            FluentActions.Invoking(() => metrics.Add(oneHot.to(dtype), trueOneHot.to(dtype))).Should().Throw<ArgumentException>().WithParameterName("prediction")
                .WithMessage("*[1, 3, 4] can be read as one-hot labels with 3 channels and as label maps of [3, 4] pixels; pass prediction.argmax(1) *prediction.unsqueeze(1) and target.unsqueeze(1)*");
        }

        metrics.Images.Should().Be(0);
        metrics.Add(oneHot.argmax(1), trueOneHot);
        metrics.Add(oneHot.argmax(1), trueOneHot.argmax(1));
        metrics.Add(oneHot.argmax(1).unsqueeze(1), trueOneHot.to(ScalarType.Bool));
        Enumerable.Range(0, 3).Select(n => metrics.MeanOfImage(OverlapMetric.Dice, n, Formula).Mean).Should().AllSatisfy(dice => dice.ShouldBeClose(0.5, 1e-12));

        var maps = new OverlapMetrics(3);
        maps.Add(oneHot.unsqueeze(1), trueOneHot.unsqueeze(1));
        maps.Pooled(0).ValidSize.Should().Be(12, "label maps of 3 times 4 pixels, as said");
    }

    [Fact]
    public void Prediction_BesideAMap_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (prediction, target) = FourPixels();
        FluentActions.Invoking(() => new OverlapMetrics(3).Add(OneHot(prediction), target)).Should().Throw<ArgumentException>()
            .WithParameterName("prediction").WithMessage("*its shape is [1, 3, 4] and that of the target [1, 4]; if it is one-hot pass prediction.argmax(1)*");
        FluentActions.Invoking(() => new OverlapMetrics(3).Add(OneHot(prediction), target.unsqueeze(1))).Should().Throw<ArgumentException>()
            .WithParameterName("prediction").WithMessage("*that of the target [1, 1, 4]; if it is one-hot pass prediction.argmax(1)*");
    }

    /// <summary>One of the two is enough, also with ignored pixels, so that a flaw in the other does not hide it.</summary>
    [Fact]
    public void OneOfThem_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (prediction, target) = FourPixels();
        var broken = OneHot(target).index_fill(2, tensor(1L), 0);
        var ignored = OneHot(target).index_fill(2, tensor(1L), 255);
        var twoOnes = OneHot(prediction).index_fill(2, tensor(0L), 1);
        foreach (var (one, other) in ((Tensor, Tensor)[])[(OneHot(prediction), broken), (twoOnes, ignored), (twoOnes, OneHot(target))])
        {
            FluentActions.Invoking(() => new OverlapMetrics(3) { IgnoreIndex = 255 }.Add(one, other)).Should().Throw<ArgumentException>().WithMessage("*can be read as one-hot*");
        }
    }

    [Fact]
    public void TwoChannels_InBinaryMode_AreRefused()
    {
        using var scope = NewDisposeScope();
        var mask = tensor((long[])[0, 1, 1, 0], [1, 4]);
        var twoChannels = stack([mask.logical_not(), mask.to(ScalarType.Bool)], 1);
        var metrics = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        FluentActions.Invoking(() => metrics.Add(twoChannels, twoChannels)).Should().Throw<ArgumentException>().WithMessage("*one-hot labels with 2 channels*");
        FluentActions.Invoking(() => metrics.Add(twoChannels, mask)).Should().Throw<ArgumentException>().WithMessage("*argmax(1)*");
        FluentActions.Invoking(() => metrics.Add(mask, twoChannels)).Should().Throw<ArgumentException>().WithParameterName("target");
    }

    /// <summary>A volume with as many slices as classes is a volume, unless each column of it has one 1.</summary>
    [Fact]
    public void Maps_WithAsManyRowsAsClasses_AreMaps()
    {
        using var scope = NewDisposeScope();
        var target = tensor((long[])[0, 1, 2, 0, 1, 1, 1, 1, 2, 2, 2, 2], [1, 3, 4]);
        var metrics = new OverlapMetrics(3);
        metrics.Add(target, target);
        metrics.Add(zeros_like(target), zeros_like(target));
        metrics.Add(zeros([1, 3, 0], ScalarType.Int64), zeros([1, 3, 0], ScalarType.Int64));
        metrics.Image(0, 1).Should().Be(new OverlapCounts(5, 0, 0, 7));
        metrics.Image(1, 0).Should().Be(new OverlapCounts(12, 0, 0, 0));
        metrics.Image(2, 0).Should().Be(default(OverlapCounts));
    }

    [Fact]
    public void SurfaceMetrics_TakeAndRefuseTheSame()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var prediction = tensor(PlainCounts.Prediction(scene), scene.LabelShape);
        var oneHot = nn.functional.one_hot(scene.TargetTensor(), 3).permute(0, 3, 1, 2);
        var metrics = new SurfaceMetrics(3) { ToleranceMm = [1] };
        metrics.Add(prediction, scene.TargetTensor(), 1, 2);
        metrics.Add(prediction, oneHot, 1, 2);
        foreach (var k in metrics.Evaluated)
        {
            metrics.Image(2, k).Should().Be(metrics.Image(0, k));
        }

        FluentActions.Invoking(() => metrics.Add(oneHot, oneHot, 1, 2)).Should().Throw<ArgumentException>().WithMessage("*can be read as one-hot*");
    }
}
