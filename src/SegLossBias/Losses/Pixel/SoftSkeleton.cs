using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Soft skeletons: what opening removes, at one erosion after the other. Erosion is the minimum over a pixel and its neighbours
/// along each axis, dilation the maximum over the 3×3 or 3×3×3 pixels around it. Beyond the border, and where pixels are ignored,
/// there is nothing: neither enters a minimum or a maximum. An image of one axis is one of two whose first has size 1.
/// </summary>
/// <param name="space">The axes of an image.</param>
/// <param name="ignored">Where pixels are ignored, [N, 1 or K, V]; null where none is.</param>
internal sealed class SoftSkeleton(IReadOnlyList<long> space, Tensor? ignored)
{
    private readonly long[] _space = space.Count == 1 ? [1, space[0]] : [.. space];
    private readonly Tensor? _ignored = ignored?.reshape([ignored.shape[0], ignored.shape[1], .. space.Count == 1 ? (long[])[1, space[0]] : [.. space]]);

    /// <summary>The skeleton of images with values in [0, 1], [N, K, V], differentiable; any number at ignored pixels.</summary>
    /// <param name="images">The images.</param>
    /// <param name="iterations">How often they are eroded: the largest radius in pixels. After as many as there are pixels nothing is left to remove.</param>
    internal Tensor Of(Tensor images, int iterations)
    {
        if (images.numel() == 0)
        {
            return images;
        }

        var image = images.reshape([images.shape[0], images.shape[1], .. _space]);
        var eroded = Erode(image);
        var skeleton = Removed(image, eroded);
        for (var i = 0L; i < Math.Min(iterations, Shapes.Product(_space)); i++)
        {
            (image, eroded) = (eroded, Erode(eroded));
            var removed = Removed(image, eroded);
            skeleton = skeleton.Plus(removed.sub(skeleton.mul(removed)).Positive());
        }

        return skeleton.reshape(images.shape);
    }

    /// <summary>What opening removes: the image without its dilated erosion.</summary>
    private Tensor Removed(Tensor image, Tensor eroded) => image.sub(Largest(eroded.ZeroWhere(_ignored), [.. _space.Select(_ => 3L)])).Positive();

    private Tensor Erode(Tensor image)
    {
        var negative = image.OneWhere(_ignored).neg();
        return Enumerable.Range(0, _space.Length)
            .Select(axis => Largest(negative, [.. _space.Select((_, other) => other == axis ? 3L : 1L)]))
            .Aggregate((largest, other) => largest.Larger(other)).neg();
    }

    private static Tensor Largest(Tensor image, long[] window)
    {
        long[] step = [.. window.Select(_ => 1L)];
        long[] padding = [.. window.Select(size => size / 2)];
        return image.device_type == DeviceType.META ? image.neg() // Poolings have no kernel there.
            : window.Length == 3
            ? nn.functional.max_pool3d(image, window, step, padding)
            : nn.functional.max_pool2d(image, window, step, padding);
    }
}
