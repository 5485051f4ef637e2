using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Signed distance maps φ of a target: how far each pixel is from the border of each class.</summary>
/// <remarks>
/// For image n and class k, R the pixels of n that belong to k, s_a the spacing of axis a:
/// <code>
/// φ(x) = D(x, R)              x not in R
/// φ(x) = 1 − D(x, not R)      x in R
/// D(x, A) = min over y in A of √( Σ_a (s_a (x_a − y_a))² )
/// </code>
/// D is exact, and is the distance between the centres of pixels. Pixels of R beside the border have φ = 0, those deeper
/// inside are negative, all others positive. Without a spacing D is in pixels. With a spacing D is in mm, and the 1 is
/// still the number 1, as in the published code: it is one pixel only where the spacing is 1. With smaller spacings
/// pixels inside can have φ > 0, with larger ones pixels beside the border have φ &lt; 0.
/// <para>
/// φ is 0 everywhere for a class that is absent from the image, as in the published code, and for one that fills the image:
/// there is no border to be far from. An ignored pixel belongs to no class: it has φ = 0, and counts as not in R for its
/// neighbours, so that the edge of an ignored area is a border.
/// </para>
/// <para>
/// A boundary loss is the mean of φ · p over pixels: φ is smallest where p should be large. The time is that of two distance
/// transforms for each image and class that is present, linear in the number of pixels. Memory beside the map: 8 bytes for
/// each pixel of one image, and 4 for each label, about 30 while the labels are checked. The work is done on the CPU.
/// </para>
/// Kervadec et al., "Boundary loss for highly unbalanced segmentation", arXiv:1812.07032, and its <c>one_hot2dist</c>.
/// </remarks>
public static class SignedDistanceMap
{
    /// <summary>φ for each image and class.</summary>
    /// <param name="target">
    /// Integers or bools on any device, also floats where labels are 0 and 1. Multiclass: class indices [N, *] or [N, 1, *];
    /// binary: 0 and 1, [N, *] or [N, 1, *]; multilabel: 0 and 1, [N, K, *]. One to three spatial axes. A second axis of size 1
    /// is a channel if another axis follows.
    /// </param>
    /// <param name="classes">K: classes in multiclass mode, channels in multilabel mode, 1 in binary mode.</param>
    /// <param name="mode">How labels are read.</param>
    /// <param name="ignoreIndex">The label of pixels to leave out; none by default.</param>
    /// <param name="spacingMm">Distance between neighbouring pixels along each spatial axis, in mm; null for distances in pixels.</param>
    /// <param name="ignoreIndices">More labels of pixels to leave out; none by default.</param>
    /// <returns>float32 [N, K, *] (binary: [N, 1, *]) on the target's device, in pixels or mm; no gradient.</returns>
    /// <exception cref="ArgumentException">Shape or dtype are wrong, a label is out of range, the target seems to be one-hot, or classes, mode and spacing do not fit.</exception>
    public static Tensor Compute(Tensor target, int classes, SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null, double[]? spacingMm = null, IReadOnlyList<long>? ignoreIndices = null)
    {
        using var scope = NewDisposeScope();
        var labels = LabelPlanes.Of(target, classes, mode, IgnoredLabels.Of(ignoreIndex, ignoreIndices));
        var spacing = MaskCheck.Spacing(spacingMm, labels.Space);
        var map = zeros([labels.Images, classes, .. labels.Space], ScalarType.Float32, CPU);
        var region = new SignedDistances(labels.Space, spacing);
        for (var plane = 0L; plane < labels.Images * classes; plane++)
        {
            var (image, @class) = (plane / classes, (int)(plane % classes));
            region.Write(labels.Of(image, @class), labels.LabelOf(@class), TensorMemory.Plane<float>(map, plane, labels.Pixels));
        }

        return map.to(labels.Device).MoveToOuterDisposeScope();
    }
}
