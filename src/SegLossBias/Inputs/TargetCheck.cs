using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What a target must be beside its logits, short of its values.</summary>
internal static class TargetCheck
{
    /// <summary>Returns whether a multiclass target is one-hot [N,K,*] rather than class indices.</summary>
    internal static bool Run(Tensor logits, Tensor target, SegmentationMode mode)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.IsInvalid)
        {
            throw new ArgumentException("target must be a live tensor, but it has been disposed; keep it in scope until the loss has been computed.", nameof(target));
        }

        if (target.dtype is not (ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64))
        {
            throw new ArgumentException($"target must hold integers or bools, but it is {target.dtype}; convert labels with target.to(torch.int64).", nameof(target));
        }

        if (target.is_sparse)
        {
            throw new ArgumentException("target must be a dense tensor, but it is sparse; call to_dense() first.", nameof(target));
        }

        if (target.device_type != logits.device_type || target.device_index != logits.device_index)
        {
            throw new ArgumentException($"target must be on the device of the logits, but logits is on {logits.device} and target on {target.device}; move it with target.to(logits.device).", nameof(target));
        }

        var shape = logits.shape;
        long[] withoutChannel = [shape[0], .. shape[2..]];
        long[] oneChannel = [shape[0], 1, .. shape[2..]];
        var given = target.shape.AsSpan();
        var isFull = given.SequenceEqual(shape);
        var isIndex = given.SequenceEqual(withoutChannel) || given.SequenceEqual(oneChannel);

        if (mode == SegmentationMode.Multilabel ? !isFull : !isFull && !isIndex)
        {
            var expected = mode switch
            {
                SegmentationMode.Multiclass => $"class indices {Shapes.Text(withoutChannel)} or {Shapes.Text(oneChannel)}, or one-hot {Shapes.Text(shape)}",
                SegmentationMode.Binary => $"{Shapes.Text(withoutChannel)} or {Shapes.Text(oneChannel)}",
                _ => $"{Shapes.Text(shape)}, one channel of 0 and 1 for each label",
            };
            throw new ArgumentException($"for {mode} logits of shape {Shapes.Text(shape)} the target must be {expected}, but its shape is {Shapes.Text(target.shape)}; check that image and mask were resized alike.", nameof(target));
        }

        return mode == SegmentationMode.Multiclass && isFull;
    }
}
