using System.Runtime.Intrinsics;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// The kernel that this process takes. <see cref="SeparateRunTests"/> and the CI run it with instruction sets switched
/// off and say by SEGLOSSBIAS_EXPECT_VECTORS how many bits the vectors should have.
/// </summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class InstructionSetTests
{
    internal const string Expectation = "SEGLOSSBIAS_EXPECT_VECTORS";

    [SkippableFact]
    public void TheKernelTaken_HasTheVectorsExpected()
    {
        var expected = Environment.GetEnvironmentVariable(Expectation);
        Skip.If(string.IsNullOrEmpty(expected), $"{Expectation} does not say what to expect");
        var bits = int.Parse(expected!, System.Globalization.CultureInfo.InvariantCulture);
        Vector512.IsHardwareAccelerated.Should().Be(bits >= 512);
        Vector256.IsHardwareAccelerated.Should().Be(bits >= 256);
        Vector128.IsHardwareAccelerated.Should().Be(bits >= 128);
        foreach (var type in (ElementType[])[ElementType.Float32, ElementType.Float64, ElementType.Float16, ElementType.BFloat16])
        {
            RegionKernel.For(type).Name.Should().Be(bits == 0 ? "scalars" : $"{bits}-bit vectors");
        }

        using var scope = NewDisposeScope();
        using var regions = RegionStatistics.Compute(zeros(1, 3, 4), zeros([1, 4], ScalarType.Int64), SegmentationMode.Multiclass, null);
        regions.Implementation.Should().Be(bits == 0 ? "fused, scalars" : $"fused, {bits}-bit vectors");
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void TheKernelTaken_EqualsPlainLoops(ScalarType type)
    {
        foreach (var (mode, classes) in ((SegmentationMode, int)[])[(SegmentationMode.Multiclass, 2), (SegmentationMode.Multiclass, 5), (SegmentationMode.Multiclass, 40), (SegmentationMode.Binary, 1), (SegmentationMode.Multilabel, 3)])
        {
            foreach (var request in KernelScenes.Requests)
            {
                foreach (var pixels in (int[])[1, 33, 140])
                {
                    using var input = new KernelInput(KernelScenes.Make(mode, 2, classes, pixels, firstPattern: pixels), KernelScenes.Ignore, request, type, channelsLast: pixels == 33);
                    KernelComparison.Check(input, type, KernelTable.Chosen(type));
                }
            }
        }
    }
}
