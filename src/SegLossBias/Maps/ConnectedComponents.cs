using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Connected components of a target: the instances of its classes, numbered.</summary>
/// <remarks>
/// Two pixels belong to one component exactly when a path of neighbours of the same class joins them:
/// <code>
/// id(x) = id(y) > 0  ⇔  there are x = x_0, x_1, …, x_m = y with y_{x_i} = y_x ≠ background and x_i a neighbour of x_{i+1}
/// id(x) = 0          ⇔  x is background or ignored
/// </code>
/// The ids of an image are 1..B_n without gaps, B_n its number of components, in the order of their first pixels, row by
/// row. In multilabel mode each channel has components of its own and the numbers run on from channel to channel, so that
/// an id of an image names one component of one channel. An image of background alone has B_n = 0.
/// <para>
/// Union–find with path halving, in two passes over each image: the time is nearly linear in the number of pixels. The sets
/// are kept in the result. Memory beside it: 4 bytes for each label, about 30 while the labels are checked. The work is done
/// on the CPU.
/// </para>
/// Rosenfeld and Pfaltz, "Sequential operations in digital picture processing", J. ACM 13 (1966). What blob losses are a
/// mean over: Kofler et al., arXiv:2205.08209.
/// </remarks>
public static class ConnectedComponents
{
    /// <summary>The instance id of each pixel.</summary>
    /// <param name="target">
    /// Integers or bools on any device, also floats where labels are 0 and 1. Multiclass: class indices [N, *] or [N, 1, *];
    /// binary: 0 and 1, [N, *] or [N, 1, *]; multilabel: 0 and 1, [N, K, *]. One to three spatial axes. A second axis of size 1
    /// is a channel if another axis follows.
    /// </param>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <param name="mode">How labels are read.</param>
    /// <param name="ignoreIndex">The label of pixels to leave out; none by default.</param>
    /// <param name="background">The class in 0..K−1 that has no components; null if each class has. In binary and multilabel mode it is the label 0 and cannot be another.</param>
    /// <param name="connectivity">Which pixels are neighbours.</param>
    /// <param name="ignoreIndices">More labels of pixels to leave out; none by default.</param>
    /// <returns>int32 on the target's device: [N, *], in multilabel mode [N, K, *].</returns>
    /// <exception cref="ArgumentException">Shape or dtype are wrong, a label is out of range, the target seems to be one-hot, or classes, mode and background do not fit.</exception>
    public static Tensor Compute(
        Tensor target,
        int classes,
        SegmentationMode mode = SegmentationMode.Multiclass,
        long? ignoreIndex = null,
        int? background = 0,
        Connectivity connectivity = Connectivity.Full,
        IReadOnlyList<long>? ignoreIndices = null)
    {
        _ = SettingCheck.Defined(connectivity, nameof(connectivity));
        using var scope = NewDisposeScope();
        var labels = LabelPlanes.Of(target, classes, mode, IgnoredLabels.Of(ignoreIndex, ignoreIndices));
        CheckBackground(background, classes, mode);
        var isMultilabel = mode == SegmentationMode.Multilabel;
        var ids = zeros([labels.Images, .. isMultilabel ? [classes] : Array.Empty<long>(), .. labels.Space], ScalarType.Int32, CPU);
        var plane = new ComponentPlane(labels.Space, connectivity);
        for (var image = 0L; image < labels.Images; image++)
        {
            var found = 0;
            for (var channel = 0; channel < labels.Channels; channel++)
            {
                found = plane.Number(labels.Of(image, channel), background ?? LabelPlanes.Ignored, found, TensorMemory.Plane<int>(ids, (image * labels.Channels) + channel, labels.Pixels));
            }
        }

        return ids.to(labels.Device).MoveToOuterDisposeScope();
    }

    private static void CheckBackground(int? background, int classes, SegmentationMode mode)
    {
        if (mode != SegmentationMode.Multiclass && background != 0)
        {
            throw new ArgumentException($"in {mode} mode the background is the label 0, but background is {background?.ToString() ?? "null"}; leave it out.", nameof(background));
        }

        if (background < 0 || background >= classes)
        {
            throw new ArgumentOutOfRangeException(nameof(background), background, $"background must be one of the classes 0..{classes - 1}, or null if each class has components.");
        }
    }
}
