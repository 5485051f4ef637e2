using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>What must hold of Lovász losses, clDice and the Hausdorff distance loss besides the values of plain loops.</summary>
public class ComposedTermTests
{
    private const SegmentationMode Binary = SegmentationMode.Binary;

    /// <summary>The extension is the Jaccard loss itself where every pixel is right or wrong.</summary>
    [Fact]
    public void LovaszOfCertainPredictions_IsTheJaccardLoss() => Scenes.Any(Binary, withIgnored: true).Sample(scene =>
    {
        using var softmax = new SegmentationLoss(new LovaszSoftmax { Pooling = Pooling.Image, Absent = AbsentClass.Keep }) { Mode = Binary, IgnoreIndex = Scene.Ignore };
        var certain = scene with { Logits = [.. scene.Logits.Select(z => z > 0 ? 800.0 : -800)] };
        var expected = Enumerable.Range(0, (int)scene.Images).Average(n =>
        {
            var pixels = Enumerable.Range(0, (int)scene.Pixels).Where(pixel => scene.Weight(n, 0, pixel) > 0).Select(pixel => (Truth: scene.Membership(n, 0, pixel) == 1, Found: scene.Logits[scene.At(n, 0, pixel)] > 0)).ToArray();
            var union = pixels.Count(pixel => pixel.Truth || pixel.Found);
            return union == 0 ? 0 : 1 - ((double)pixels.Count(pixel => pixel.Truth && pixel.Found) / union);
        });
        certain.Evaluate(softmax).Value.ShouldBeClose(expected, Tolerance.Identity);
    });

    /// <summary>No pixel within the margin: nothing to learn.</summary>
    [Fact]
    public void HingeBeyondTheMargin_IsZero()
    {
        using var hinge = new SegmentationLoss(new LovaszHinge()) { Mode = Binary, IgnoreIndex = Scene.Ignore };
        Scenes.Any(Binary, withIgnored: true).Sample(scene =>
        {
            var (value, gradient) = (scene with { Logits = [.. scene.Logits.Select((z, at) => scene.Labels[at] == 1 ? 1 + Math.Abs(z) : -1 - Math.Abs(z))] }).Evaluate(hinge);
            value.Should().Be(0);
            gradient.Should().OnlyContain(slope => slope == 0);
        });
    }

    /// <summary>In float32 and on many pixels each slope keeps its digits, though it is the difference of nearly equal numbers.</summary>
    [Fact]
    public void LovaszSlopesOfManyPixels_KeepTheirDigits()
    {
        using var scope = NewDisposeScope();
        const int Pixels = 1 << 17;
        var errors = arange(Pixels, dtype: ScalarType.Float32).mul(0.7f).sin().abs().reshape(1, 1, Pixels);
        var labels = arange(Pixels, dtype: ScalarType.Int64).remainder(3).eq(0).reshape(1, 1, Pixels);
        double[] Slopes(ScalarType dtype)
        {
            var leaf = errors.to(dtype).detach().clone().requires_grad_(true);
            LovaszExtension.Of(leaf, labels.to(dtype), weights: null).sum().backward();
            return Evaluation.Numbers(leaf.grad!);
        }

        var expected = Slopes(ScalarType.Float64);
        expected.Max().Should().BeLessThan(1e-4);
        Slopes(ScalarType.Float32).Zip(expected).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= Tolerance.Float32Value * pair.Second);
    }

    /// <summary>An ignored margin is as if the image were smaller: for terms that look at neighbours too.</summary>
    [Theory]
    [InlineData("clDice")]
    [InlineData("Hausdorff")]
    [InlineData("Lovasz")]
    public void IgnoredMargin_IsCuttingItOff(string name)
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            var channels = mode == Binary ? 1 : 3;
            foreach (var space in (long[][])[[5, 6], [4, 3, 5]])
            {
                using var scope = NewDisposeScope();
                using var loss = LossTable.Create(name, mode, Scene.Ignore);
                var scene = Scenes.Fixed(mode, [2, channels, .. space], seed: 3);
                long[] pad = [.. Enumerable.Repeat(2L, 2 * space.Length)];
                var target = scene.TargetTensor();
                var margined = nn.functional.pad(target.to(ScalarType.Float64), pad, value: Scene.Ignore).to(ScalarType.Int64);
                var (value, gradient) = Evaluation.Scalar(loss, nn.functional.pad(scene.LogitsTensor(), pad, value: 3), margined);
                var (expected, slopes) = Evaluation.Scalar(loss, scene.LogitsTensor(), target);
                value.ShouldBeClose(expected, Tolerance.Identity, $"{name} {mode}");
                gradient.ShouldBeClose(Evaluation.Numbers(nn.functional.pad(tensor(slopes, scene.Shape), pad)), Tolerance.Identity, $"{name} {mode}");
            }
        }
    }

    /// <summary>The map that the data loader makes holds the distances that the loss finds by itself.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HausdorffWithAMap_IsThatWithout(bool hasSpacing)
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            using var scope = NewDisposeScope();
            var scene = Scenes.Fixed(mode, [2, mode == Binary ? 1 : 3, 5, 6], seed: 4, ignored: 0.1);
            double[]? spacing = hasSpacing ? [0.5, 2] : null;
            var map = BorderDistanceMap.Compute(scene.TargetTensor(), (int)scene.Classes, mode, Scene.Ignore, spacing);
            using var own = new SegmentationLoss(new HausdorffDistance { SpacingMm = spacing }) { Mode = mode, IgnoreIndex = Scene.Ignore };
            using var mapped = new SegmentationLoss(new HausdorffDistance { SpacingMm = spacing, Map = "far" }) { Mode = mode, IgnoreIndex = Scene.Ignore };
            var target = new SegmentationTarget(scene.TargetTensor());
            var (value, gradient) = Evaluation.Scalar(mapped, scene.LogitsTensor(), target.WithMap("far", map).WithMap("other", map));
            var (expected, slopes) = Evaluation.Scalar(own, scene.LogitsTensor(), target);
            value.ShouldBeClose(expected, Tolerance.Float32Value, "the map is float32");
            gradient.ShouldBeClose(slopes, Tolerance.Float32Gradient);
            mapped.Invoking(loss => loss.call(scene.LogitsTensor(), target)).Should().Throw<ArgumentException>().WithMessage("the loss reads a map 'far'*WithMap*");
        }
    }

    /// <summary>One wrong pixel far away costs the square of its distance.</summary>
    [Fact]
    public void HausdorffOfOneWrongPixel_IsItsSquaredDistance()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new HausdorffDistance()) { Mode = Binary };
        var logits = full([1, 1, 1, 10], -800.0, ScalarType.Float64);
        logits[0, 0, 0, 0] = logits[0, 0, 0, 9] = tensor(800.0);
        var target = zeros([1, 1, 10], ScalarType.Int64);
        target[0, 0, 0] = tensor(1L);
        loss.call(logits, target).item<double>().ShouldBeClose(((9 * 9) + 1) / 10.0, Tolerance.Identity);
    }

    /// <summary>A term of one's own may read entries from a scope of its own and without a graph; other terms do not notice.</summary>
    [Fact]
    public void EntriesReadWithoutAGraph_KeepItForOthers()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        using var alone = new SegmentationLoss(new LovaszSoftmax()) { IgnoreIndex = Scene.Ignore };
        using var after = new SegmentationLoss(new Watcher() + new LovaszSoftmax()) { IgnoreIndex = Scene.Ignore };
        scene.Evaluate(after).Gradient.ShouldBeClose(scene.Evaluate(alone).Gradient, 0);
        Contract.LiveHandles.LeftBy(() => scene.Evaluate(after)).Should().Be(0);
    }

    private sealed class Watcher() : PixelTerm("Watcher")
    {
        protected override Tensor Evaluate(Pixels pixels)
        {
            using (NewDisposeScope())
            using (no_grad())
            {
                pixels.Probability.sum(1L).shape.Should().Equal(pixels.Images, pixels.Space.Aggregate(1L, (product, size) => product * size));
                Evaluation.Numbers(pixels.Target.sum(1L)).Should().OnlyContain(sum => sum == 0 || sum == 1);
                Evaluation.Numbers(pixels.EntryWeights!.squeeze(1)).Should().Equal(Evaluation.Numbers(pixels.IsValid));
                pixels.Invoking(read => read.Map("far")).Should().Throw<InvalidOperationException>().WithMessage("*does not name in Maps*");
            }

            return pixels.NegativeLogLikelihood.sum(1L).mul(0);
        }
    }
}
