using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>U-Net's pixel weights: large on the narrow gaps between instances, so that a network learns to separate them.</summary>
/// <remarks>
/// For pixel x, with d1(x) and d2(x) the distances to the nearest and to the second nearest instance of its image:
/// <code>
/// w(x) = w_c(x) + w0 · exp( −(d1(x) + d2(x))² / (2σ²) )        w_c ≤ w ≤ w_c + w0
/// </code>
/// The distance to an instance is that to the centre of its nearest pixel, exact, and 0 inside it. By default the second
/// summand is left out on pixels of instances, as implementations of the paper usually do, since the gaps are what is to be
/// learnt; with <c>onlyBackground: false</c> it is added everywhere, as Eq. 2 has it, and inside an instance d1 = 0. An image
/// with fewer than two instances has no such summand, w = w_c. Ids are names: they need not be consecutive, and an instance
/// need not be connected. In multilabel mode each channel has instances of its own: its map is the one that the channel
/// would have alone.
/// <para>
/// w_c is the weight of the pixel's class, background (id 0) or foreground; 1 without class weights. For weights of more
/// classes, add their map to this one and subtract 1. Ignored pixels of a target have id 0 and a weight like the background;
/// a loss leaves them out by itself.
/// </para>
/// <para>
/// The time is that of two distance transforms for each binary digit in which ids of an image differ: 2·⌈log2(B+1)⌉ at most
/// for ids 1..B. Memory beside the map: 32 bytes for each pixel of one image or channel. The work is done on the CPU.
/// </para>
/// Ronneberger et al., "U-Net: Convolutional networks for biomedical image segmentation", arXiv:1505.04597, Eq. 2.
/// </remarks>
public static class BorderWeightMap
{
    /// <summary>The weight of each pixel.</summary>
    /// <param name="instances">
    /// int32, any device: 0 for background, ids above 0, as <see cref="ConnectedComponents"/> makes them. [N, *] or [N, 1, *],
    /// in multilabel mode [N, K, *]; one to three spatial axes.
    /// </param>
    /// <param name="classWeights">w_c: two, of background and foreground; null for 1 and 1.</param>
    /// <param name="w0">Weight of the border, finite and at least 0; the paper uses 10.</param>
    /// <param name="sigma">σ, width of the border, finite and above 0, in pixels, or in mm where a spacing is given; the paper uses 5 pixels.</param>
    /// <param name="onlyBackground">Whether pixels of instances have w = w_c.</param>
    /// <param name="spacingMm">
    /// Distance between neighbouring pixels along each spatial axis, in mm; null for distances in pixels. For [N, 1, *] outside
    /// multilabel mode it may also have a number for axis 1, as for a volume of one slice.
    /// </param>
    /// <param name="mode">How the ids are read: in multilabel mode axis 1 is a channel, and no distance goes from one channel to another. In the other modes it is a spatial axis, unless it is of size 1.</param>
    /// <returns>float32, the shape of the ids and on their device; no gradient. <see cref="SegmentationTarget.WithPixelWeights"/> takes it in the same mode.</returns>
    /// <exception cref="ArgumentException">Ids are not int32, below 0 or of another shape, or a setting does not fit.</exception>
    public static Tensor Compute(
        Tensor instances,
        ClassWeights? classWeights = null,
        double w0 = 10,
        double sigma = 5,
        bool onlyBackground = true,
        double[]? spacingMm = null,
        SegmentationMode mode = SegmentationMode.Multiclass)
    {
        var ofClass = OfClass(classWeights, SettingCheck.NotNegative(w0, "the weight of the border", nameof(w0)));
        _ = SettingCheck.Positive(sigma, "the width of the border", nameof(sigma));
        using var scope = NewDisposeScope();
        var ids = InstancePlanes.Of(instances, mode, spacingMm?.Length);
        var distances = new InstanceDistances(ids.Space, MaskCheck.Spacing(spacingMm, ids.Space));
        var map = zeros(ids.Shape, ScalarType.Float32, CPU);
        for (var plane = 0L; plane < ids.Count; plane++)
        {
            var pixels = ids.Of(plane);
            var weights = TensorMemory.Plane<float>(map, plane, ids.Pixels);
            var hasBorder = distances.Find(pixels);
            for (var i = 0; i < weights.Length; i++)
            {
                var isBackground = pixels[i] == 0;
                var weight = isBackground ? ofClass.Background : ofClass.Foreground;
                if (hasBorder && (isBackground || !onlyBackground))
                {
                    var gap = distances.ToBoth(i) / sigma;
                    weight += w0 * Math.Exp(-gap * gap / 2);
                }

                weights[i] = (float)weight;
            }
        }

        return map.to(ids.Device).MoveToOuterDisposeScope();
    }

    private static (double Background, double Foreground) OfClass(ClassWeights? weights, double w0)
    {
        if (weights is not null && weights.Values.Count != 2)
        {
            throw new ArgumentException($"classWeights must be two, of background and foreground, but there are {weights.Values.Count}: {weights}.", "classWeights");
        }

        var (background, foreground) = weights is null ? (1, 1) : (weights.Values[0], weights.Values[1]);
        return float.IsFinite((float)(Math.Max(background, foreground) + w0))
            ? (background, foreground)
            : throw new ArgumentException(FormattableString.Invariant($"a weight must fit into float32, up to 3e38, but the largest class weight and w0 add up to {Math.Max(background, foreground) + w0}; scale all of them down."), nameof(w0));
    }
}
