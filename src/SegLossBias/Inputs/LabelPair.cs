using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Predicted and true labels that passed the checks of the losses: what the metrics read. Its tensors live in the dispose
/// scope of the call that made it. Ignored pixels belong to no class in either.
/// </summary>
internal sealed class LabelPair
{
    private static readonly Scalar Zero = 0L.ToScalar();
    private static readonly Scalar None = (-1L).ToScalar();

    private LabelPair(Tensor prediction, Tensor target, Tensor? ignored, long[] space, SegmentationMode mode)
    {
        (Prediction, Target, Ignored) = (Without(ignored, prediction, mode), Without(ignored, target, mode), ignored);
        (Space, Mode) = (space, mode);
    }

    /// <summary>Multiclass: int64 [N,V], −1 where ignored. Binary and multilabel: bool [N,K,V], false where ignored.</summary>
    internal Tensor Prediction { get; }

    /// <summary>As <see cref="Prediction"/>.</summary>
    internal Tensor Target { get; }

    /// <summary>True at ignored pixels, [N,V] or [N,K,V]; null when no pixel is ignored.</summary>
    internal Tensor? Ignored { get; }

    /// <summary>The axes of an image.</summary>
    internal long[] Space { get; }

    internal SegmentationMode Mode { get; }

    internal int Images => (int)Target.shape[0];

    /// <summary>Logits [N,K,*] and a target as the losses take it. The prediction is the largest channel, or each above 0.</summary>
    internal static LabelPair OfLogits(Tensor logits, Tensor target, int classes, SegmentationMode mode, IReadOnlyList<long> ignored)
    {
        var (own, ownTarget) = (OwnHandle.On(logits, nameof(logits)), OwnHandle.On(target, nameof(target)));
        LogitsCheck.Run(own, mode);
        var shape = own.shape;
        if (shape[1] != classes)
        {
            throw new ArgumentException($"logits must have {classes} channels, the classes of these metrics, but its shape is {Shapes.Text(shape)}; state the number of classes that the network has.", nameof(logits));
        }

        var flat = FlatInput.Of(SegmentationInput.Check(own, ownTarget, mode, ignored));
        LogitsCheck.Numbers(flat.Logits, flat.Ignored, shape);
        return new(mode == SegmentationMode.Multiclass ? flat.Logits.argmax(1) : flat.Logits.gt(Zero), flat.Labels, flat.Ignored, shape[2..], mode);
    }

    /// <summary>A predicted label map [N,*] or [N,1,*], multilabel [N,K,*], and a target as the losses take it beside logits of that size.</summary>
    internal static LabelPair OfMaps(Tensor prediction, Tensor target, int classes, SegmentationMode mode, IReadOnlyList<long> ignored)
    {
        var (own, ownTarget) = LabelMaps.Take(prediction, target);
        var shape = LabelMaps.LogitsShape(own, ownTarget, classes, mode, ignored);
        var isOneHot = mode == SegmentationMode.Multiclass && ownTarget.shape.AsSpan().SequenceEqual(shape);
        var labels = TargetLabels.Of(ownTarget, ownTarget.shape, isOneHot, mode, ignored, checksLabels: true);
        return Checked(own, own.shape, labels, shape, mode);
    }

    /// <summary>Two masks without an image axis.</summary>
    internal static LabelPair OfMasks(Tensor prediction, Tensor target)
    {
        var (own, ownTarget) = LabelMaps.Take(prediction, target);
        var shape = own.shape;
        if (!ownTarget.shape.AsSpan().SequenceEqual(shape))
        {
            throw new ArgumentException($"prediction and target must have the same shape, but they have {Shapes.Text(shape)} and {Shapes.Text(ownTarget.shape)}; pass masks of the same image.", nameof(target));
        }

        LogitsCheck.Size([1, 1, .. shape], nameof(prediction));
        var labels = TargetLabels.Of(ownTarget, shape, isOneHot: false, SegmentationMode.Binary, ignored: [], checksLabels: true);
        return Checked(own, shape, labels, [1, 1, .. shape], SegmentationMode.Binary);
    }

    /// <param name="prediction">The predicted labels.</param>
    /// <param name="given">The shape in which the caller knows them.</param>
    /// <param name="target">The true labels.</param>
    /// <param name="shape">[N,K,*].</param>
    /// <param name="mode">How labels are read.</param>
    private static LabelPair Checked(Tensor prediction, long[] given, TargetLabels target, long[] shape, SegmentationMode mode)
    {
        var range = new LabelRange(nameof(target), mode, shape[1], target.IgnoreIndex, ChecksLabels: true, target.Shape, target.Floats);
        var (images, space) = (shape[0], shape[2..]);
        var pixels = Shapes.Product(space);
        var (flat, ignored) = LabelCheck.Flat(target.Labels, images, pixels, range);

        // Whatever is predicted where the target is ignored is no error.
        var predicted = mode == SegmentationMode.Multiclass ? prediction.reshape(images, pixels) : prediction.reshape(images, range.Classes, pixels);
        predicted = ignored is null ? predicted : predicted.masked_fill(ignored, Zero);
        var (counted, _) = LabelCheck.Flat(predicted, images, pixels, range with { Name = nameof(prediction), IgnoreIndex = null, Shape = given, Floats = null });
        return new(counted, flat, ignored, space, mode);
    }

    private static Tensor Without(Tensor? ignored, Tensor labels, SegmentationMode mode) =>
        ignored is null ? labels
        : mode == SegmentationMode.Multiclass ? labels.masked_fill(ignored, None)
        : labels.logical_and(ignored.logical_not());
}
