using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public class PatchAugmentationTests
{
    private static readonly double[] Isotropic = [1, 1, 1];

    [Fact]
    public void Flips_MoveImageAndLabelsTogether_ToEachOfTheEightMirrorImages()
    {
        using var scope = NewDisposeScope();
        var labels = arange(24, ScalarType.Byte).reshape(2, 3, 4);
        var image = stack([labels, labels]).to(ScalarType.Float32);
        var seen = new HashSet<int>();
        for (var seed = 0; seed < 100; seed++)
        {
            var (moved, movedLabels) = PatchAugmentation.Apply(AugmentationKind.Flips, image, labels, Isotropic, new Random(seed));
            moved.Should().BeSameValuesAs(stack([movedLabels, movedLabels]).to(ScalarType.Float32));
            seen.Add(movedLabels[0, 0, 0].item<byte>());
        }

        seen.Should().BeEquivalentTo([0, 3, 8, 11, 12, 15, 20, 23]); // The corners, each at the origin in one mirror image.
    }

    [Theory]
    [InlineData(3, 3, 3, 1, 1, 1, 48)]
    [InlineData(2, 3, 3, 1, 1, 1, 16)]
    [InlineData(3, 3, 3, 5, 1, 1, 16)]
    [InlineData(2, 3, 4, 1, 1, 1, 8)]
    public void Full_ReachesEveryOrientationThatKeepsShapeAndSpacing(int d, int h, int w, double spacingD, double spacingH, double spacingW, int orientations)
    {
        using var scope = NewDisposeScope();
        var labels = arange(d * h * w, ScalarType.Byte).reshape(d, h, w);
        var image = labels.unsqueeze(0).to(ScalarType.Float32);
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 600; seed++)
        {
            var (moved, movedLabels) = PatchAugmentation.Apply(AugmentationKind.Full, image, labels, [spacingD, spacingH, spacingW], new Random(seed));
            movedLabels.shape.Should().Equal(labels.shape);
            // The image follows: what is left after a straight line through (label, value) is the noise.
            var line = stack([movedLabels.to(ScalarType.Float32).flatten(), ones(labels.numel())], 1);
            var rest = moved.flatten() - line.mv(linalg.lstsq(line, moved.reshape(-1, 1)).Solution.squeeze(1));
            rest.square().mean().sqrt().item<float>().Should().BeLessThan(0.15f);
            seen.Add(string.Join(' ', movedLabels.data<byte>().ToArray()));
        }

        seen.Should().HaveCount(orientations);
    }

    [Fact]
    public void Full_ChangesIntensitiesWithinTheStatedRanges_ChannelByChannel()
    {
        using var scope = NewDisposeScope();
        var image = cat([zeros(2, 20, 10, 10), full([2, 20, 10, 10], 10)], 1);
        var labels = cat([zeros([20, 10, 10], ScalarType.Byte), ones([20, 10, 10], ScalarType.Byte)], 0);
        var shifts = new List<(float, float)>();
        for (var seed = 0; seed < 30; seed++)
        {
            var (moved, movedLabels) = PatchAugmentation.Apply(AugmentationKind.Full, image, labels, Isotropic, new Random(seed));
            float Mean(int channel, int label) => moved[channel].masked_select(movedLabels.eq(label)).mean().item<float>();
            float Deviation(int channel) => moved[channel].masked_select(movedLabels.eq(0)).std().item<float>();
            for (var channel = 0; channel < 2; channel++)
            {
                Mean(channel, 0).Should().BeInRange(-0.11f, 0.11f);
                ((Mean(channel, 1) - Mean(channel, 0)) / 10).Should().BeInRange(0.898f, 1.102f);
                Deviation(channel).Should().BeInRange(0, 0.105f);
            }

            shifts.Add((Mean(0, 0), Mean(1, 0)));
        }

        shifts.Select(shift => MathF.Abs(shift.Item1 - shift.Item2)).Max().Should().BeGreaterThan(0.05f);
        shifts.Select(shift => shift.Item1).Max().Should().BeGreaterThan(0.05f);
    }

    [Fact]
    public void None_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        var labels = arange(27, ScalarType.Byte).reshape(3, 3, 3);
        var image = labels.unsqueeze(0).to(ScalarType.Float32);
        var (same, sameLabels) = PatchAugmentation.Apply(AugmentationKind.None, image, labels, Isotropic, new Random(1));
        same.Should().BeSameValuesAs(image);
        sameLabels.Should().BeSameValuesAs(labels);
    }
}
