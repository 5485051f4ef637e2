using SegLossBias.Tests.Oracles;

namespace SegLossBias.Tests.Losses;

/// <summary>Soft skeletons against plain loops, and of shapes whose centre lines are known.</summary>
public class SoftSkeletonTests
{
    /// <summary>More erosions than pixels change nothing, and so take no time.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    public void ErosionsBeyondTheImage_AreLeftOut(SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode, ignored: 0.3);
        using var many = new SegmentationLoss(new CenterlineDice { Iterations = int.MaxValue }) { Mode = mode, IgnoreIndex = Scene.Ignore };
        using var enough = new SegmentationLoss(new CenterlineDice { Iterations = 20 }) { Mode = mode, IgnoreIndex = Scene.Ignore };
        var (value, gradient) = scene.Evaluate(many);
        value.ShouldBeClose(Oracles.PlainLosses.CenterlineDice(scene, 50), Tolerance.Of(ScalarType.Float64));
        gradient.Should().Equal(scene.Evaluate(enough).Gradient);
    }

    /// <summary>Minima, maxima and differences of the same numbers: not a digit may differ.</summary>
    [Fact]
    public void Skeleton_IsExactlyThatOfPlainLoops() =>
        (from space in Gen.OneOf(Gen.Long[1, 20].Array[1], Gen.Long[1, 7].Array[2], Gen.Long[1, 4].Array[3])
         let pixels = (int)space.Aggregate(1L, (product, size) => product * size)
         from image in Gen.Double[0, 1].Array[pixels]
         from ignored in Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))).Array[pixels]
         from iterations in Gen.Int[0, 4]
         select (space, image, ignored, iterations)).Sample(
            draw =>
            {
                using var scope = NewDisposeScope();
                bool[] isValid = [.. draw.ignored.Select(isIgnored => !isIgnored)];
                var ignored = tensor(draw.ignored, [1, 1, draw.image.Length]);
                var skeleton = new SoftSkeleton(draw.space, draw.ignored.Contains(true) ? ignored : null).Of(tensor(draw.image, [1, 1, draw.image.Length]), draw.iterations);
                var expected = PlainSkeleton.Of(draw.image, isValid, draw.space, draw.iterations);
                Evaluation.Numbers(skeleton.masked_fill(ignored, 0)).Zip(expected.Zip(isValid, (value, counts) => counts ? value : 0))
                    .Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < Tolerance.Identity);
            },
            iter: 200);

    [Theory]
    [InlineData(new long[] { 7 }, new double[] { 0, 1, 1, 1, 1, 1, 0 }, new double[] { 0, 0, 0, 1, 0, 0, 0 })]
    [InlineData(new long[] { 5, 7 }, new double[] { 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0 }, new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new long[] { 3, 3, 2 }, new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 }, new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void Bar_HasItsCentreLine(long[] space, double[] image, double[] expected)
    {
        using var scope = NewDisposeScope();
        Evaluation.Numbers(new SoftSkeleton(space, null).Of(tensor(image, [1, 1, image.Length]), 3)).Should().Equal(expected);
    }

    [Fact]
    public void NoPixel_IsNoSkeleton()
    {
        using var scope = NewDisposeScope();
        new SoftSkeleton([0, 4], null).Of(zeros(2, 3, 0), 3).shape.Should().Equal(2, 3, 0);
    }
}
