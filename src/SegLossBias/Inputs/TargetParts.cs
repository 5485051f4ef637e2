using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What a target has beside its labels, in the shapes in which it is read. Values are checked where they are first read.</summary>
internal static class TargetParts
{
    /// <summary>Weights as floats [N,1,*], in multilabel mode also [N,K,*].</summary>
    internal static Tensor Weights(Tensor given, SegmentationInput input)
    {
        var weights = Own(given, "the pixel weights", input);
        var (shape, own) = (input.Logits.shape, weights.shape);
        long[] shared = [shape[0], 1, .. shape[2..]];
        var isWhole = own.AsSpan().SequenceEqual(shared) || (input.Mode == SegmentationMode.Multilabel && own.AsSpan().SequenceEqual(shape));
        if (!isWhole && !own.AsSpan().SequenceEqual([shape[0], .. shape[2..]]))
        {
            var alsoWhole = input.Mode == SegmentationMode.Multilabel ? $", or {Shapes.Text(shape)} for weights of each channel" : "";
            throw new ArgumentException($"beside logits of shape {Shapes.Text(shape)} the pixel weights must be {Shapes.Text((long[])[shape[0], .. shape[2..]])} or {Shapes.Text(shared)}{alsoWhole}, but their shape is {Shapes.Text(own)}; give one weight for each pixel.", "target");
        }

        var floats = FloatMask.Is(weights) ? weights : weights.to(ScalarType.Float32);
        return isWhole ? floats : floats.unsqueeze(1);
    }

    /// <summary>A map as floats [N,K,*].</summary>
    internal static Tensor Map(string name, Tensor given, SegmentationInput input)
    {
        var map = Own(given, $"the map '{name}'", input);
        var (shape, own) = (input.Logits.shape, map.shape);
        var isOfForeground = input.Mode == SegmentationMode.Binary && own.AsSpan().SequenceEqual([shape[0], .. shape[2..]]);
        if (!isOfForeground && !own.AsSpan().SequenceEqual(shape))
        {
            throw new ArgumentException($"a map has a number for each pixel and channel of the logits, {Shapes.Text(shape)}, but the shape of '{name}' is {Shapes.Text(own)}; stack one map for each class along axis 1.", "target");
        }

        var floats = FloatMask.Is(map) ? map : map.to(ScalarType.Float32);
        return isOfForeground ? floats.unsqueeze(1) : floats;
    }

    /// <summary>Ids of instances as integers [N,*], in multilabel mode [N,K,*].</summary>
    internal static Tensor InstanceIds(Tensor given, SegmentationInput input)
    {
        var ids = Own(given, "the instance ids", input);
        if (FloatMask.Is(ids))
        {
            throw new ArgumentException($"instance ids must be integers, but they are {ids.dtype}; round them, or number the components of a mask with ConnectedComponents.", "target");
        }

        var (shape, own) = (input.Logits.shape, ids.shape);
        var isMultilabel = input.Mode == SegmentationMode.Multilabel;
        if (isMultilabel ? !own.AsSpan().SequenceEqual(shape) : !TargetShape.IsIndex(shape, own))
        {
            var needed = isMultilabel ? Shapes.Text(shape) : $"{Shapes.Text((long[])[shape[0], .. shape[2..]])} or {Shapes.Text((long[])[shape[0], 1, .. shape[2..]])}";
            throw new ArgumentException($"beside {input.Mode} logits of shape {Shapes.Text(shape)} the instance ids must be {needed}, but their shape is {Shapes.Text(own)}; give one id for each label.", "target");
        }

        return isMultilabel ? ids : ids.reshape([shape[0], .. shape[2..]]);
    }

    private static Tensor Own(Tensor given, string name, SegmentationInput input)
    {
        var own = OwnHandle.On(given, "target");
        if (own.is_sparse || own.is_complex() || own.is_quantized())
        {
            throw new ArgumentException($"{name} must come as a dense tensor of real numbers, but the tensor is {(own.is_sparse ? "sparse" : $"{own.dtype}")}; convert it first.", "target");
        }

        if (own.device_type != input.Logits.device_type || own.device_index != input.Logits.device_index)
        {
            throw new ArgumentException($"{name} must be on the device of the logits, {input.Logits.device}, but the tensor is on {own.device}; move it with .to(logits.device).", "target");
        }

        return own.detach();
    }
}
