using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What logits must be, whatever the target.</summary>
internal static class LogitsCheck
{
    internal static void Run(Tensor logits, SegmentationMode mode)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.IsInvalid)
        {
            throw new ArgumentException("logits must be a live tensor, but it has been disposed; keep it in scope until the loss has been computed.", nameof(logits));
        }

        if (logits.dtype is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
        {
            throw new ArgumentException($"logits must be float16, bfloat16, float32 or float64, but it is {logits.dtype}; pass the network's output before softmax, argmax or a cast.", nameof(logits));
        }

        if (logits.is_sparse)
        {
            throw new ArgumentException("logits must be a dense tensor, but it is sparse; call to_dense() first.", nameof(logits));
        }

        if (logits.device_type == DeviceType.META)
        {
            throw new ArgumentException("logits must hold values, but it is on the meta device; move the network to a real device first.", nameof(logits));
        }

        if (logits.dim() is < 3 or > 5)
        {
            throw new ArgumentException($"logits must be [N, K, length], [N, K, height, width] or [N, K, depth, height, width], but its shape is {Shapes.Text(logits.shape)}; add the missing dimension with unsqueeze, or merge surplus ones with flatten.", nameof(logits));
        }

        var classes = logits.shape[1];
        if (mode == SegmentationMode.Multiclass && classes < 2)
        {
            throw new ArgumentException($"multiclass logits need at least 2 channels, but logits has {classes} (shape {Shapes.Text(logits.shape)}); for one foreground channel pass mode: SegmentationMode.Binary.", nameof(logits));
        }

        if (mode == SegmentationMode.Binary && classes != 1)
        {
            throw new ArgumentException($"binary logits need exactly 1 channel, but logits has {classes} (shape {Shapes.Text(logits.shape)}); pass mode: SegmentationMode.Multiclass for exclusive classes or SegmentationMode.Multilabel for overlapping ones.", nameof(logits));
        }

        if (classes < 1)
        {
            throw new ArgumentException($"multilabel logits need at least 1 channel, but their shape is {Shapes.Text(logits.shape)}.", nameof(logits));
        }
    }
}
