using TorchSharp;

namespace SegLossBias.Tests.Inputs;

/// <summary>A bool of 2 or 255, as a mask mapped from a file may hold, is true, as in libtorch.</summary>
public class BoolBytesTests
{
    private static readonly byte[] Bytes = [0, 1, 2, 255, 0, 128, 0, 3, 1, 0, 7, 0];

    [Theory]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    [InlineData(SegmentationMode.Multiclass)]
    public void FlatLabels_AreThoseOfCleanBools(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, mode == SegmentationMode.Multiclass ? 2 : 1, 3, 4);
        foreach (var checksLabels in (bool[])[true, false])
        {
            foreach (var ignoreIndex in (long?[])[null, 255, 0])
            {
                FlatInput Flat(Tensor target) => FlatInput.Of(SegmentationInput.Check(logits, target, mode, IgnoredLabels.Of(ignoreIndex, null), checksLabels));
                var (actual, expected) = (Flat(Raw([1, 1, 3, 4])), Flat(Clean([1, 1, 3, 4])));
                actual.Labels.bytes.ToArray().Should().Equal(expected.Labels.bytes.ToArray());
                Evaluation.Numbers(actual.Ignored ?? zeros(1)).Should().Equal(Evaluation.Numbers(expected.Ignored ?? zeros(1)));
            }
        }
    }

    [Fact]
    public void OneHot_IsThatOfCleanBools()
    {
        using var scope = NewDisposeScope();
        var oneHot = zeros([1, 2, 3, 4], ScalarType.Bool);
        Bytes.CopyTo(oneHot.bytes);
        Clean([12]).logical_not().bytes.CopyTo(oneHot.bytes[12..]);
        var input = SegmentationInput.Check(zeros(1, 2, 3, 4), oneHot, SegmentationMode.Multiclass, []);
        Evaluation.Numbers(input.Labels).Should().Equal(Bytes.Select(entry => entry == 0 ? 1.0 : 0.0));
    }

    [Fact]
    public void Metrics_AreThoseOfCleanBools()
    {
        using var scope = NewDisposeScope();
        var (raw, clean) = (Raw([1, 3, 4]), Clean([1, 3, 4]));
        var other = clean.roll(1, 2);
        var overlap = new OverlapMetrics(1) { Mode = SegmentationMode.Binary };
        var surface = new SurfaceMetrics(1) { ToleranceMm = [1], Mode = SegmentationMode.Binary };
        foreach (var (prediction, target) in ((Tensor, Tensor)[])[(raw, other), (clean, other), (other, raw), (other, clean)])
        {
            overlap.Add(prediction, target);
            surface.Add(prediction, target, 1, 2);
        }

        overlap.Image(0, 0).Should().Be(overlap.Image(1, 0));
        overlap.Image(2, 0).Should().Be(overlap.Image(3, 0));
        overlap.Pooled(0).TargetSize.Should().Be(28);
        surface.Image(0, 0).Should().Be(surface.Image(1, 0));
        surface.Image(2, 0).Should().Be(surface.Image(3, 0));
        SurfaceDistances.Compute(raw[0], other[0], 1, 2).Scores(1).Should().Be(surface.Image(1, 0));
    }

    private static Tensor Raw(long[] shape)
    {
        var mask = zeros(shape, ScalarType.Bool);
        Bytes.CopyTo(mask.bytes);
        return mask;
    }

    private static Tensor Clean(long[] shape) => tensor(Bytes.Select(entry => entry != 0).ToArray(), shape);
}
