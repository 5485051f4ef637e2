using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>What a predicted label map must be, and how its shape and that of its target are read.</summary>
internal static class LabelMaps
{
    /// <summary>Handles of our own on two tensors of labels, their kind and device checked.</summary>
    internal static (Tensor Prediction, Tensor Target) Take(Tensor prediction, Tensor target)
    {
        var (own, ownTarget) = (OwnHandle.On(prediction, nameof(prediction)), OwnHandle.On(target, nameof(target)));
        LabelKind.CheckPrediction(own);
        LabelKind.CheckTarget(ownTarget);
        LabelKind.SameDevice(ownTarget, own, nameof(prediction));
        LabelKind.HoldsValues(own, nameof(prediction));
        return (own, ownTarget);
    }

    /// <summary>The shape [N,K,*] of the logits that a label map could have come from.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or can be read in two ways.</exception>
    internal static long[] LogitsShape(Tensor prediction, Tensor target, int classes, SegmentationMode mode, IReadOnlyList<long> ignored)
    {
        var (given, truth) = (prediction.shape, target.shape);
        var isMultilabel = mode == SegmentationMode.Multilabel;
        if (isMultilabel ? given.Length < 3 || given[1] != classes : given.Length < 2)
        {
            throw new ArgumentException($"a {mode} prediction must be {(isMultilabel ? $"[N, {classes}, *]" : "[N, *]")}, but its shape is {Shapes.Text(given)}; add the missing axis with unsqueeze.", nameof(prediction));
        }

        LogitsCheck.Size(isMultilabel ? given : [given[0], classes, .. given[1..]], nameof(prediction));
        if (isMultilabel)
        {
            _ = TargetShape.Check(given, truth, mode, given);
            return given;
        }

        var channels = mode == SegmentationMode.Binary ? 2 : classes;
        if (given.Length > 2 && given[1] == channels)
        {
            RefuseOneHot(prediction, target, channels, ignored);
        }

        // [N, 1, *] may be an image whose first axis is 1, or have a channel: the target decides, else it makes no difference.
        long[] whole = [given[0], classes, .. given[1..]];
        long[] withoutChannel = given is [_, 1, _, ..] ? [given[0], classes, .. given[2..]] : whole;
        var shape = TargetShape.Fits(whole, truth, mode) ? whole : withoutChannel;
        _ = TargetShape.Check(shape, truth, mode, given);
        return shape;
    }

    /// <summary>
    /// The shape [N,K,*] of the logits that a target alone could belong to. A second axis of size 1 is a channel if another
    /// axis follows.
    /// </summary>
    /// <exception cref="ArgumentException">The shape does not fit, or can be read in two ways.</exception>
    internal static long[] LogitsShape(Tensor target, int classes, SegmentationMode mode, IReadOnlyList<long> ignored)
    {
        var given = target.shape;
        var isMultilabel = mode == SegmentationMode.Multilabel;
        var hasChannel = isMultilabel || given is [_, 1, _, ..];
        if (given.Length - (hasChannel ? 2 : 1) is < 1 or > 3 || (isMultilabel && given[1] != classes))
        {
            throw new ArgumentException($"a {mode} target must be {(isMultilabel ? $"[N, {classes}, *]" : "[N, *] or [N, 1, *]")} with 1 to 3 spatial axes, but its shape is {Shapes.Text(given)}; add a missing axis with unsqueeze, and turn one-hot labels into class indices with argmax(1).", nameof(target));
        }

        if (!hasChannel && given.Length > 2 && given[1] == (mode == SegmentationMode.Binary ? 2 : classes) && OneHot.Seems(target, ignored))
        {
            throw new ArgumentException($"a target of shape {Shapes.Text(given)} can be read as one-hot labels with {given[1]} channels and as label maps of {Shapes.Text(given[1..])} pixels; pass target.argmax(1) if it is one-hot, and target.unsqueeze(1) if it holds label maps.", nameof(target));
        }

        long[] shape = [given[0], classes, .. given[(hasChannel ? 2 : 1)..]];
        LogitsCheck.Size(shape, nameof(target));
        return shape;
    }

    /// <summary>One-hot labels have the shape of label maps of another size, and would be counted as such without a word.</summary>
    private static void RefuseOneHot(Tensor prediction, Tensor target, int channels, IReadOnlyList<long> ignored)
    {
        var (given, truth) = (prediction.shape, target.shape);
        if (truth.AsSpan().SequenceEqual([given[0], .. given[2..]]) || truth.AsSpan().SequenceEqual([given[0], 1, .. given[2..]]))
        {
            throw new ArgumentException($"a prediction must be a label map, but its shape is {Shapes.Text(given)} and that of the target {Shapes.Text(truth)}; if it is one-hot pass prediction.argmax(1).", nameof(prediction));
        }

        if (truth.AsSpan().SequenceEqual(given) && (OneHot.Seems(prediction, ignored) || OneHot.Seems(target, ignored)))
        {
            throw new ArgumentException($"prediction and target of shape {Shapes.Text(given)} can be read as one-hot labels with {channels} channels and as label maps of {Shapes.Text(given[1..])} pixels; pass prediction.argmax(1) if they are one-hot, and prediction.unsqueeze(1) and target.unsqueeze(1) if they are label maps.", nameof(prediction));
        }
    }
}
