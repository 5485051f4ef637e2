using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What label maps must be.</summary>
internal static class LabelMapCheck
{
    private static readonly Scalar Zero = 0L.ToScalar();

    /// <summary>Kind, device and shape of two label maps.</summary>
    internal static void Maps(Tensor prediction, Tensor target)
    {
        Integers(prediction, nameof(prediction));
        Integers(target, nameof(target));
        if (target.device_type != prediction.device_type || target.device_index != prediction.device_index)
        {
            throw new ArgumentException($"target must be on the device of the prediction, but prediction is on {prediction.device} and target on {target.device}; move it with target.to(prediction.device).", nameof(target));
        }

        if (prediction.device_type == DeviceType.META)
        {
            throw new ArgumentException("prediction must hold values, but it is on the meta device; move it to a real device first.", nameof(prediction));
        }

        if (!target.shape.AsSpan().SequenceEqual(prediction.shape))
        {
            throw new ArgumentException($"prediction and target must have the same shape, but they have {Shapes.Text(prediction.shape)} and {Shapes.Text(target.shape)}; drop a channel of size 1 with squeeze(1), or pass logits to AddLogits.", nameof(target));
        }
    }

    /// <summary>Refuses the first label that is neither in 0..last nor ignored.</summary>
    internal static void Range(Tensor labels, Tensor? ignored, long last, long[] shape, string name, string remedy)
    {
        if (labels.numel() == 0)
        {
            return;
        }

        using var largest = last.ToScalar();
        var isWrong = labels.lt(Zero).logical_or(labels.gt(largest));
        isWrong = ignored is null ? isWrong : isWrong.logical_and(ignored.logical_not());
        if (isWrong.any().cpu().item<bool>())
        {
            var first = isWrong.to(ScalarType.Byte).flatten().argmax().cpu().item<long>();
            var label = labels.flatten()[first].cpu().item<long>();
            throw new ArgumentException($"labels of the {name} are in 0..{last} but label {label} occurs at {Shapes.Text(Shapes.Position(first, shape))}; {remedy}", name);
        }
    }

    /// <summary>Logits with a NaN have no largest channel; that does not matter where the pixel is ignored.</summary>
    /// <param name="logits">[N,K,*].</param>
    /// <param name="ignored">[N,V] or [N,K,V]; null when no pixel is ignored.</param>
    internal static void Numbers(Tensor logits, Tensor? ignored)
    {
        var isNaN = logits.isnan();
        if (ignored is not null)
        {
            var rows = ignored.dim() == 2 ? ignored.unsqueeze(1) : ignored;
            isNaN = isNaN.logical_and(rows.logical_not().reshape([rows.shape[0], rows.shape[1], .. logits.shape[2..]]));
        }

        if (isNaN.numel() > 0 && isNaN.any().cpu().item<bool>())
        {
            var first = isNaN.to(ScalarType.Byte).flatten().argmax().cpu().item<long>();
            throw new ArgumentException($"logits must be numbers, but {Shapes.Text(Shapes.Position(first, logits.shape))} is NaN; the network has diverged or its input holds NaN.", nameof(logits));
        }
    }

    private static void Integers(Tensor labels, string name)
    {
        ArgumentNullException.ThrowIfNull(labels, name);
        if (labels.IsInvalid)
        {
            throw new ArgumentException($"{name} must be a live tensor, but it has been disposed; keep it in scope until the metrics have been computed.", name);
        }

        if (labels.dtype is not (ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64))
        {
            throw new ArgumentException($"{name} must hold integers or bools, but it is {labels.dtype}; convert labels with {name}.to(torch.int64), or pass logits to AddLogits.", name);
        }

        if (labels.is_sparse)
        {
            throw new ArgumentException($"{name} must be a dense tensor, but it is sparse; call to_dense() first.", name);
        }
    }
}
