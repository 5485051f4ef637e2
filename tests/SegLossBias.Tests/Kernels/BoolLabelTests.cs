using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>A bool is a byte in memory, and any byte but 0 is true, as it is for libtorch. A mask read from a file may hold 255.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class BoolLabelTests
{
    private static readonly byte[] TrueBytes = [2, 255, 1, 128];

    public static TheoryData<SegmentationMode, int> Modes => new()
    {
        { SegmentationMode.Multiclass, 2 },
        { SegmentationMode.Multiclass, 3 },
        { SegmentationMode.Binary, 1 },
        { SegmentationMode.Multilabel, 2 },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void AnyByteButZero_IsTrueToTheKernels(SegmentationMode mode, int channels)
    {
        var scene = Masked(mode, channels);
        using var input = new KernelInput(scene, null, [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize()], labelType: ScalarType.Bool);
        SpoilTrue(input.LabelBytes);
        KernelComparison.Check(input, ScalarType.Float32, KernelTable.All(ScalarType.Float32));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void AnyByteButZero_IsTrueToALoss(SegmentationMode mode, int channels)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode);
        var scene = Masked(mode, channels);
        var target = scene.TargetTensor().to(ScalarType.Bool);
        var (expected, expectedGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), target);
        var spoilt = target.clone();
        SpoilTrue(spoilt.bytes);
        var (value, gradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), spoilt);
        value.Should().Be(expected);
        gradient.Should().Equal(expectedGradient);
    }

    private static Scene Masked(SegmentationMode mode, int channels)
    {
        var scene = KernelScenes.Make(mode, 2, channels, 61, firstPattern: 4);
        return scene with { Labels = [.. scene.Labels.Select(label => label % 2)] };
    }

    private static void SpoilTrue(Span<byte> bytes)
    {
        bytes.Contains((byte)1).Should().BeTrue();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = bytes[i] == 0 ? (byte)0 : TrueBytes[i % TrueBytes.Length];
        }
    }
}
