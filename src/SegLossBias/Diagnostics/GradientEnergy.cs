using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The squared norm of a gradient, split over the regions whose pixels it pulls at.</summary>
internal static class GradientEnergy
{
    /// <summary>For each class Σ over its pixels of ‖∂L/∂z_i‖²; in binary and multilabel mode for each channel that of its foreground, then of its background. Waits for the device.</summary>
    /// <param name="gradient">Of the shape of the logits.</param>
    /// <param name="input">The input; soft labels share a pixel out.</param>
    internal static double[] Of(Tensor gradient, SegmentationInput input)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var flat = FlatInput.Of(input);
        var energy = gradient.to(flat.Logits.dtype).reshape(flat.Logits.shape).Squared();
        var ofRegions = flat.IsExclusive ? OfClasses(energy.sum([1]), flat) : OfChannels(energy, flat);
        return ofRegions.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }

    /// <summary>Ignored pixels, which have no gradient, count to class 0.</summary>
    private static Tensor OfClasses(Tensor energy, FlatInput input)
    {
        var wide = energy.to(StatisticsType.On(input.Device));
        return input.Soft is { } soft
            ? soft.mul(energy.unsqueeze(1)).sum([0L, 2], type: wide.dtype)
            : zeros([input.Classes], wide.dtype, input.Device).scatter_add_(0, input.Labels.flatten(), wide.flatten());
    }

    private static Tensor OfChannels(Tensor energy, FlatInput input)
    {
        var membership = input.Labels.to(energy.dtype);
        Tensor Sum(Tensor weights) => energy.mul(weights).sum([0L, 2], type: StatisticsType.On(input.Device));
        return cat([Sum(membership), Sum(membership.OneMinus())], 0);
    }
}
