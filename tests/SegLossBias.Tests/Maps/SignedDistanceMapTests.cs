namespace SegLossBias.Tests.Maps;

/// <summary>Signed distance maps against their definition in loops, and what must hold for any target.</summary>
public class SignedDistanceMapTests
{
    [Fact]
    public void Map_EqualsTheSmallestOfAllDistances() => LabelScene.Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var map = scene.SignedDistances(scene.Target());
            map.dtype.Should().Be(ScalarType.Float32);
            map.shape.Should().Equal([scene.Images, scene.Classes, .. scene.Space.Select(size => (long)size)]);
            Evaluation.Numbers(map).ShouldAllBeClose(PlainMaps.SignedDistances(scene), Tolerance.Float32Value, $"{scene}");
        },
        iter: 300);

    /// <summary>Squared distances in pixels are whole numbers: nothing is rounded but the root.</summary>
    [Fact]
    public void InPixels_EveryDistanceIsExact() => LabelScene.InPixels.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            Evaluation.Numbers(scene.SignedDistances(scene.Target())).Should().Equal(PlainMaps.SignedDistances(scene).Select(distance => (double)(float)distance));
        },
        iter: 200);

    [Theory]
    [InlineData(null, new float[] { 2, 1, 0, -1, 0, 1, 2 })]
    [InlineData(0.5, new float[] { 1, 0.5f, 0.5f, 0, 0.5f, 0.5f, 1 })]
    [InlineData(3.0, new float[] { 6, 3, -2, -5, -2, 3, 6 })]
    public void ThreePixels_AsThePublishedCodeHasThem(double? spacing, float[] expected)
    {
        using var scope = NewDisposeScope();
        var target = tensor(new long[] { 0, 0, 1, 1, 1, 0, 0 }, [1, 7]);
        var map = SignedDistanceMap.Compute(target, 1, SegmentationMode.Binary, spacingMm: spacing is { } value ? [value] : null);
        map.data<float>().Should().Equal(expected);
    }

    [Fact]
    public void AbsentFullAndIgnored_AreZero()
    {
        using var scope = NewDisposeScope();
        var target = tensor(new long[] { 1, 1, 1, 1, 1, 255, 1, 0, 255, 255, 255, 255 }, [3, 4]);
        var map = SignedDistanceMap.Compute(target, 3, ignoreIndex: 255);
        Evaluation.Numbers(map[0]).Should().OnlyContain(distance => distance == 0, "class 1 fills the image, 0 and 2 are absent");
        Evaluation.Numbers(map[1]).Should().Equal(3, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0);
        Evaluation.Numbers(map[2]).Should().OnlyContain(distance => distance == 0, "all is ignored");
    }

    [Fact]
    public void MirroringAndTransposing_CommuteWithTheMap() => LabelScene.InPixels.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var (target, map) = (scene.Target(), scene.SignedDistances(scene.Target()));
            var last = scene.Space.Length + 1;
            long[] axes = [.. Enumerable.Range(2, scene.Space.Length)];
            long[] turned = [0, 1, .. axes.Reverse()];
            Evaluation.Numbers(scene.SignedDistances(target.flip(axes))).Should().Equal(Evaluation.Numbers(map.flip(axes)));
            Evaluation.Numbers(scene.SignedDistances(target.flip(last))).Should().Equal(Evaluation.Numbers(map.flip(last)));
            Evaluation.Numbers(scene.SignedDistances(target.permute(turned))).Should().Equal(Evaluation.Numbers(map.permute(turned)));
        },
        iter: 100);

    [Fact]
    public void EachImage_IsOnItsOwn() => LabelScene.Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var target = scene.Target();
            var alone = Enumerable.Range(0, scene.Images).Select(image => scene.SignedDistances(target.narrow(0, image, 1))).ToArray();
            Evaluation.Numbers(cat(alone)).Should().Equal(Evaluation.Numbers(scene.SignedDistances(target)));
        },
        iter: 50);

    /// <summary>Outside one is inside the other: D and 1 − D.</summary>
    [Fact]
    public void TwoClasses_AddUpToOne() => LabelScene.Any.Where(scene => scene.Mode == SegmentationMode.Binary).Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var target = scene.Target().eq(1).to(ScalarType.Int64);
            var two = SignedDistanceMap.Compute(target, 2, spacingMm: scene.Spacing);
            var hasBorder = target.flatten(1).amin(1).ne(target.flatten(1).amax(1));
            var expected = hasBorder.to(ScalarType.Float64).unsqueeze(1).expand(scene.Images, scene.Pixels);
            Evaluation.Numbers(two.sum(1)).ShouldAllBeClose(Evaluation.Numbers(expected), Tolerance.Float32Value);
            var foreground = SignedDistanceMap.Compute(target, 1, SegmentationMode.Binary, spacingMm: scene.Spacing);
            Evaluation.Numbers(foreground).Should().Equal(Evaluation.Numbers(two.narrow(1, 1, 1)));
            Evaluation.Numbers(SignedDistanceMap.Compute(target, 1, SegmentationMode.Multilabel, spacingMm: scene.Spacing)).Should().Equal(Evaluation.Numbers(foreground));
        },
        iter: 50);

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void EveryFormOfATarget_HasTheSameMap(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var (target, classes) = (scene.TargetTensor(), (int)scene.Classes);
        double[] Map(Tensor labels) => Evaluation.Numbers(SignedDistanceMap.Compute(labels, classes, mode, Scene.Ignore));
        var expected = Map(target);
        expected.Should().Contain(distance => distance > 1, "else nothing is compared");
        Tensor[] forms = [target.to(ScalarType.Byte), target.to(ScalarType.Int16), target.transpose(-1, -2).contiguous().transpose(-1, -2)];
        forms = mode == SegmentationMode.Multilabel ? forms : [.. forms, target.unsqueeze(1)];
        forms = mode == SegmentationMode.Multiclass ? forms : [.. forms, target.to(ScalarType.Float32), target.to(ScalarType.Float64).requires_grad_(true)];
        foreach (var form in forms)
        {
            Map(form).Should().Equal(expected, $"{form.dtype}");
        }

        var without = target.masked_fill(target.eq(Scene.Ignore), 0);
        var bools = mode == SegmentationMode.Multiclass ? without.to(ScalarType.Int32) : without.to(ScalarType.Bool);
        Evaluation.Numbers(SignedDistanceMap.Compute(bools, classes, mode)).Should().Equal(Evaluation.Numbers(SignedDistanceMap.Compute(without, classes, mode)));
    }

    [Fact]
    public void Nothing_HasAnEmptyMap()
    {
        using var scope = NewDisposeScope();
        SignedDistanceMap.Compute(zeros([0, 4, 5], ScalarType.Int64), 3).shape.Should().Equal(0, 3, 4, 5);
        SignedDistanceMap.Compute(zeros([2, 0, 5], ScalarType.Int64), 3).shape.Should().Equal(2, 3, 0, 5);
        SignedDistanceMap.Compute(zeros([2, 3, 0], ScalarType.Bool), 3, SegmentationMode.Multilabel, spacingMm: [2]).shape.Should().Equal(2, 3, 0);
    }
}
