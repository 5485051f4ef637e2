using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Distance maps d of a target: how far each pixel is from the other side of the border of each class.</summary>
/// <remarks>
/// For image n and class k, R the pixels of n that belong to k, s_a the spacing of axis a:
/// <code>
/// d(x) = D(x, R)          x not in R
/// d(x) = D(x, not R)      x in R
/// D(x, A) = min over y in A of √( Σ_a (s_a (x_a − y_a))² )
/// </code>
/// D is exact, and is the distance between the centres of pixels, in mm, or in pixels without a spacing. d is 0 everywhere for a
/// class that is absent from the image or fills it: there is no border. An ignored pixel is on neither side: it has d = 0, and is
/// no neighbour of others. Beside a border d is that of one pixel, on both sides; the signed map φ of <see cref="SignedDistanceMap"/> has
/// φ = d outside and φ = 1 − d inside, and sees ignored pixels as outside.
/// <para>
/// <see cref="HausdorffDistance"/> reads it. The time is that of two distance transforms for each image and class that is present.
/// Memory beside the map: 16 bytes for each pixel of one image, and 4 for each label. The work is done on the CPU.
/// </para>
/// Karimi and Salcudean, arXiv:1904.10030.
/// </remarks>
public static class BorderDistanceMap
{
    /// <summary>d for each image and class.</summary>
    /// <param name="target">As <see cref="SignedDistanceMap.Compute"/> takes it.</param>
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
        var region = new BorderDistances(labels.Space, MaskCheck.Spacing(spacingMm, labels.Space));
        var map = zeros([labels.Images, classes, .. labels.Space], ScalarType.Float32, CPU);
        var sides = new byte[labels.Pixels];
        for (var plane = 0L; plane < labels.Images * classes; plane++)
        {
            var @class = (int)(plane % classes);
            var own = labels.Of(plane / classes, @class);
            var label = labels.LabelOf(@class);
            for (var i = 0; i < sides.Length; i++)
            {
                sides[i] = own[i] == LabelPlanes.Ignored ? BorderDistances.Ignored : own[i] == label ? (byte)1 : (byte)0;
            }

            var distances = region.Find(sides);
            var written = TensorMemory.Plane<float>(map, plane, labels.Pixels);
            for (var i = 0; i < written.Length; i++)
            {
                written[i] = (float)distances[i];
            }
        }

        return map.to(labels.Device).MoveToOuterDisposeScope();
    }
}
