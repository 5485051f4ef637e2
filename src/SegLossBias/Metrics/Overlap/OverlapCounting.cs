using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Counts pixels of predicted and true labels.</summary>
internal static class OverlapCounting
{
    private static readonly Scalar None = (-1L).ToScalar();
    private static readonly Scalar One = 1L.ToScalar();

    /// <summary>For each image, the counts of each selected class.</summary>
    internal static OverlapCounts[][] Of(LabelPair labels, MetricLayout layout)
    {
        if (labels.Images == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var (prediction, target, classes) = (labels.Prediction, labels.Target, layout.Classes);
        var isMulticlass = labels.Mode == SegmentationMode.Multiclass;
        long[] Sizes(Tensor of) => isMulticlass ? ClassSizes(of, labels.Images, classes) : ChannelSizes(of);

        var common = Sizes(isMulticlass ? target.masked_fill(prediction.ne(target), None) : target.logical_and(prediction));
        var (predicted, truth) = (Sizes(prediction), Sizes(target));
        var pixels = Shapes.Product(labels.Space);
        var ignored = labels.Ignored is { } mask ? ChannelSizes(mask) : null;
        return [.. Enumerable.Range(0, labels.Images).Select(image => layout.Selected.Select(@class =>
        {
            var cell = (image * classes) + @class;
            var valid = pixels - (ignored?[isMulticlass ? image : cell] ?? 0);
            return new OverlapCounts(common[cell], predicted[cell] - common[cell], truth[cell] - common[cell], valid - predicted[cell] - truth[cell] + common[cell]);
        }).ToArray())];
    }

    /// <summary>True pixels of each row of [rows,V] or [N,K,V], flat.</summary>
    private static long[] ChannelSizes(Tensor members) => members.sum(-1, type: ScalarType.Int64).cpu().flatten().data<long>().ToArray();

    /// <summary>Pixels of each image and class of [N,V], flat [N·K].</summary>
    internal static long[] ClassSizes(Tensor labels, int images, int classes)
    {
        using var scope = NewDisposeScope();

        // One bin for each class of each image, and before them one for the ignored pixels, whose label is -1.
        // The factor of add is spelled out: the temporary Scalar of the shorter form may be freed while it is read.
        var bins = classes + 1;
        var first = tensor(Enumerable.Range(0, images).Select(image => 1 + ((long)image * bins)).ToArray(), [images, 1], device: labels.device);
        return labels.add(first, One).flatten().bincount(null, images * bins).reshape(images, bins).narrow(1, 1, classes).cpu().contiguous().data<long>().ToArray();
    }
}
