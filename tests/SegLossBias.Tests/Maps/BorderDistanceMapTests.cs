namespace SegLossBias.Tests.Maps;

/// <summary>Distance maps against their definition in loops.</summary>
public class BorderDistanceMapTests
{
    [Fact]
    public void Map_EqualsTheSmallestOfAllDistances() => LabelScene.Any.Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var map = BorderDistanceMap.Compute(scene.Target(), scene.Classes, scene.Mode, LabelScene.Ignore, scene.Spacing);
            map.dtype.Should().Be(ScalarType.Float32);
            map.shape.Should().Equal([scene.Images, scene.Classes, .. scene.Space.Select(size => (long)size)]);
            Evaluation.Numbers(map).ShouldAllBeClose(PlainMaps.BorderDistances(scene), Tolerance.Float32Value, $"{scene}");
        },
        iter: 200);

    [Fact]
    public void AbsentFullAndIgnored_AreZero()
    {
        using var scope = NewDisposeScope();
        var target = tensor(new long[] { 1, 1, 1, 1, 1, 255, 255, 0, 255, 255, 255, 255 }, [3, 4]);
        var map = BorderDistanceMap.Compute(target, 3, ignoreIndex: 255);
        Evaluation.Numbers(map[0]).Should().OnlyContain(distance => distance == 0, "class 1 fills the image, 0 and 2 are absent");
        Evaluation.Numbers(map[1]).Should().Equal(3, 0, 0, 3, 3, 0, 0, 3, 0, 0, 0, 0);
        Evaluation.Numbers(map[2]).Should().OnlyContain(distance => distance == 0, "all is ignored");
    }

    /// <summary>Without ignored pixels the signed map is d outside and 1 − d inside.</summary>
    [Fact]
    public void SignedMap_FollowsFromIt() => LabelScene.Any.Where(scene => !scene.Labels.Contains(LabelScene.Ignore)).Sample(
        scene =>
        {
            using var scope = NewDisposeScope();
            var map = Evaluation.Numbers(BorderDistanceMap.Compute(scene.Target(), scene.Classes, scene.Mode, spacingMm: scene.Spacing));
            var signed = Evaluation.Numbers(scene.SignedDistances(scene.Target()));
            signed.Zip(map).Should().OnlyContain(pair => pair.Second == 0 ? pair.First == 0 : Math.Min(Math.Abs(pair.First - pair.Second), Math.Abs(pair.First - (1 - pair.Second))) < 1e-5);
        },
        iter: 60);

    [Fact]
    public void WrongTargets_AreRefusedAndLeaveNoHandle()
    {
        using var target = tensor(new long[] { 0, 1, 7, 1 }, [1, 4]);
        Contract.LiveHandles.LeftBy(() => FluentActions.Invoking(() => BorderDistanceMap.Compute(target, 2)).Should().Throw<ArgumentException>().WithMessage("*7*")).Should().Be(0);
        Contract.LiveHandles.LeftBy(() => BorderDistanceMap.Compute(target, 8).Dispose()).Should().Be(0);
    }
}
