using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Class weights: one for each class; in binary mode two, background and foreground; in multilabel mode one for each channel.</summary>
internal static class ClassWeights
{
    /// <summary>Checks weights when a loss is built and takes a copy, so that moving the loss never moves the caller's tensor.</summary>
    internal static Tensor? Copy(Tensor? weight, SegmentationMode mode)
    {
        if (weight is null)
        {
            return null;
        }

        if (weight.IsInvalid)
        {
            throw new ArgumentException("weight must be a live tensor, but it has been disposed.", nameof(weight));
        }

        if (weight.dim() != 1 || !weight.is_floating_point() || (mode == SegmentationMode.Binary && weight.shape[0] != 2))
        {
            throw new ArgumentException($"weight must be a float tensor [K] with one weight for each class, in binary mode [2] for background and foreground, but it is {weight.dtype} {Shapes.Text(weight.shape)}.", nameof(weight));
        }

        using var scope = NewDisposeScope();
        var values = weight.detach().cpu().to(ScalarType.Float64).data<double>().ToArray();
        if (values.Any(value => !(value >= 0 && double.IsFinite(value))))
        {
            throw new ArgumentException($"weight must be finite and not negative, but it is {Shapes.Text(values)}.", nameof(weight));
        }

        return weight.detach().clone().DetachFromDisposeScope();
    }

    internal static void Check(Tensor? weight, RegionStatistics regions) =>
        Check(weight, regions.Mode, regions.TargetSize.shape[1], regions.TargetSize.device);

    /// <summary>What a region weighs.</summary>
    internal static Func<Region, double> Of(Tensor? weight, RegionNumbers regions)
    {
        Check(weight, regions.Mode, regions.Classes, CPU);
        if (weight is null)
        {
            return _ => 1;
        }

        var values = weight.to(ScalarType.Float64).contiguous().data<double>().ToArray();
        return regions.Mode == SegmentationMode.Binary ? region => values[region.IsBackground ? 0 : 1] : region => values[region.Class];
    }

    /// <summary>Σ over classes (and backgrounds, if given) of weight times statistic, [N].</summary>
    internal static Tensor Sum(Tensor? weight, Tensor own, Tensor? background, SegmentationMode mode)
    {
        var w = weight?.to(own.dtype);
        if (w is null)
        {
            return (background is null ? own : own.Plus(background)).sum(1);
        }

        return mode == SegmentationMode.Binary && background is not null
            ? own.mul(w[1]).Plus(background.mul(w[0])).sum(1)
            : (background is null ? own : own.Plus(background)).mul(w).sum(1);
    }

    private static void Check(Tensor? weight, SegmentationMode mode, long channels, Device device)
    {
        var classes = mode == SegmentationMode.Binary ? 2 : channels;
        if (weight is not null && weight.shape[0] != classes)
        {
            throw new ArgumentException($"weight has {weight.shape[0]} entries but the logits have {classes} classes; give one weight for each class.", nameof(weight));
        }

        if (weight is not null && (weight.device_type != device.type || (device.type != DeviceType.CPU && weight.device_index != device.index)))
        {
            throw new ArgumentException($"weight is on {weight.device} but the logits are on {device}; move the loss with loss.to(device).", nameof(weight));
        }
    }
}
