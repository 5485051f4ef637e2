using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Chooses the implementation of the region statistics for an input: fused on the CPU, composed elsewhere.</summary>
internal static class RegionPrimitive
{
    private static readonly AsyncLocal<RegionImplementation?> Forced = new();

    /// <summary>What is forced where <see cref="Force"/> says nothing; for a test run of one implementation.</summary>
    internal static RegionImplementation? ForcedEverywhere { get; set; }

    /// <param name="input">The input.</param>
    /// <param name="statistics">All that will be asked for, so that one pass can gather it.</param>
    internal static IRegionPrimitive For(SegmentationInput input, IReadOnlyCollection<RegionStatistic> statistics)
    {
        if (Choice(input) == RegionImplementation.Composed)
        {
            return ComposedRegions.Gather(input, statistics);
        }

        return FusedInput.Supports(input)
            ? FusedRegions.Gather(input, statistics)
            : throw new InvalidOperationException($"The fused region statistics read the memory of the CPU, but the logits are on {input.Logits.device}; do not force them there.");
    }

    internal static bool IsFused(SegmentationInput input) => FusedInput.Supports(input) && Choice(input) == RegionImplementation.Fused;

    /// <summary>Whether a kernel reads these logits, float32 or float64.</summary>
    internal static bool IsFused(Tensor logits)
    {
        var isSupported = logits.device_type == DeviceType.CPU && logits.numel() > 0;
        return isSupported && (Forced.Value ?? ForcedEverywhere ?? RegionImplementation.Fused) == RegionImplementation.Fused;
    }

    /// <summary>The differentiable reference: as often as you like, at the price of what autograd keeps.</summary>
    internal static IRegionPrimitive Composed(SegmentationInput input) => ComposedRegions.Reference(FlatInput.Of(input));

    /// <summary>Forces an implementation in this flow of control until the result is disposed; for tests and measurements.</summary>
    internal static IDisposable Force(RegionImplementation implementation)
    {
        var before = Forced.Value;
        Forced.Value = implementation;
        return new Restoration(before);
    }

    private static RegionImplementation Choice(SegmentationInput input) =>
        Forced.Value ?? ForcedEverywhere ?? (FusedInput.Supports(input) ? RegionImplementation.Fused : RegionImplementation.Composed);

    private sealed class Restoration(RegionImplementation? before) : IDisposable
    {
        public void Dispose() => Forced.Value = before;
    }
}
