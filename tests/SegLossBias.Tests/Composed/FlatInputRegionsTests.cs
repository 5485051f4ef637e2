using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Composed;

/// <summary>Values of a target that are wrong are named with their position; unchecked, their pixels are ignored.</summary>
public class FlatInputRegionsTests
{
    private static readonly long[] Shape = [2, 3, 2, 2];

    [Theory]
    [InlineData(1.5, SegmentationMode.Multilabel, "*in [0, 1]*1.5 occurs at [1, 2, 0, 1]*")]
    [InlineData(-0.25, SegmentationMode.Multiclass, "*in [0, 1]*-0.25 occurs at [1, 2, 0, 1]*")]
    [InlineData(double.NaN, SegmentationMode.Multilabel, "*in [0, 1]*NaN occurs at [1, 2, 0, 1]*")]
    [InlineData(7, SegmentationMode.Multilabel, "*7 occurs at [1, 2, 0, 1]*IgnoreIndex = 7*")]
    [InlineData(0.5, SegmentationMode.Multiclass, "*add up to 1*pixel [1, 0, 1] add up to*target.sum*")]
    public void WrongSoftLabel_IsNamed(double value, SegmentationMode mode, string message)
    {
        var scene = Wrong(TargetScenes.Make(mode, Has.SoftLabels, shape: Shape), scene => scene.Soft!, value, 2);
        Invoking(scene).Should().Throw<ArgumentException>().WithMessage(message).WithParameterName("target");
        Places(Ignored(scene)).Should().Equal(mode == SegmentationMode.Multiclass ? 5 : 21);
    }

    [Theory]
    [InlineData(-1, "*not negative*-1 occurs at [1, 0, 0, 1]*")]
    [InlineData(double.NaN, "*NaN occurs at [1, 0, 0, 1]*")]
    [InlineData(double.PositiveInfinity, "*occurs at [1, 0, 0, 1]*weight 0*")]
    public void WrongWeight_IsNamed(double value, string message)
    {
        var scene = TargetScenes.Make(SegmentationMode.Multiclass, Has.Weights, shape: Shape);
        double[] weights = [1, 1, 1, 1, 1, value, 1, 1];
        scene = scene with { Weights = weights };
        Invoking(scene).Should().Throw<ArgumentException>().WithMessage(message).WithParameterName("target");
        Ignored(scene).Should().Equal(weights.Select(weight => weight != 1));
        using var scope = NewDisposeScope();
        Evaluation.Numbers(FlatInput.Of(scene.Input(scene.LogitsTensor(), checksLabels: false)).Weights!).Should().Equal([1, 1, 1, 1, 1, 0, 1, 1]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void WrongMap_IsNamedWhereThePixelCounts(double value)
    {
        var scene = Wrong(TargetScenes.Make(SegmentationMode.Multiclass, Has.HardLabels, shape: Shape), scene => scene.Maps[TargetScenes.Map], value, 2);
        Invoking(scene).Should().Throw<ArgumentException>().WithMessage("*map 'distance'*occurs at [1, 2, 0, 1]*").WithParameterName("target");
        Places(Ignored(scene)).Should().Equal(5);

        scene.Labels[5] = Scene.Ignore;
        using var scope = NewDisposeScope();
        var flat = FlatInput.Of(scene.Input(scene.LogitsTensor()));
        Evaluation.Numbers(flat.Maps[TargetScenes.Map])[21].Should().Be(0);
    }

    /// <summary>Where the ignore index is a class, a pixel that is wholly of it is ignored.</summary>
    [Fact]
    public void SoftLabels_OfTheIgnoredClass_AreIgnored()
    {
        using var scope = NewDisposeScope();
        var scene = TargetScenes.Make(SegmentationMode.Multiclass, Has.SoftLabels, shape: Shape) with { Ignored = 1 };
        for (var k = 0; k < 3; k++)
        {
            scene.Soft![scene.At(0, k, 2)] = k == 1 ? 1 : 0;
        }

        bool[] expected = [.. Enumerable.Range(0, 8).Select(at => scene.Soft![scene.At(at / 4, 1, at % 4)] == 1)];
        Places(expected).Should().Contain(2);
        FlatInput.Of(scene.Input(scene.LogitsTensor())).Ignored!.data<bool>().ToArray().Should().Equal(expected);
    }

    [Fact]
    public void NothingIgnored_NeedsNoMask()
    {
        using var scope = NewDisposeScope();
        foreach (var has in new[] { Has.HardLabels, Has.SoftLabels })
        {
            var scene = TargetScenes.Make(SegmentationMode.Multiclass, has);
            FlatInput.Of((scene with { Weights = [.. Enumerable.Repeat(0.5, (int)(scene.Images * scene.Pixels))] }).Input(scene.LogitsTensor())).Ignored.Should().BeNull();
        }
    }

    private static Scene Wrong(Scene scene, Func<Scene, double[]> numbers, double value, int channel)
    {
        if (value == 0.5)
        {
            numbers(scene)[scene.At(1, 0, 1)] = 0.75;
            numbers(scene)[scene.At(1, 1, 1)] = 0;
        }

        numbers(scene)[scene.At(1, channel, 1)] = value;
        return scene;
    }

    private static Action Invoking(Scene scene) => () =>
    {
        using var scope = NewDisposeScope();
        _ = FlatInput.Of(scene.Input(scene.LogitsTensor()));
    };

    private static bool[] Ignored(Scene scene)
    {
        using var scope = NewDisposeScope();
        return FlatInput.Of(scene.Input(scene.LogitsTensor(), checksLabels: false)).Ignored!.contiguous().data<bool>().ToArray();
    }

    /// <summary>Where a mask is true.</summary>
    private static IEnumerable<int> Places(bool[] mask) => Enumerable.Range(0, mask.Length).Where(place => mask[place]);
}
