using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Applies changes to pictures, and their geometry to the labels too.</summary>
internal static class PictureAugmentation
{
    /// <summary>The part of a picture that a change sees; exact in any dtype.</summary>
    /// <param name="picture">[*, H, W], at least as large as the part.</param>
    /// <param name="change">Says where the part is.</param>
    /// <param name="height">Of the part.</param>
    /// <param name="width">Of the part.</param>
    public static Tensor Crop(Tensor picture, PictureChange change, long height, long width)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (picture.shape[^2] - height, picture.shape[^1] - width);
        return picture.narrow(-2, First(change.CropRow, rows), height).narrow(-1, First(change.CropColumn, columns), width).MoveToOuterDisposeScope();

        static long First(double place, long most) => Math.Min(most, (long)(place * (most + 1)));
    }

    /// <summary>Mirrors the last two axes; exact in any dtype.</summary>
    public static Tensor Flip(Tensor picture, PictureChange change)
    {
        long[] axes = [.. change.FlipRows ? [-2L] : Array.Empty<long>(), .. change.FlipColumns ? [-1L] : Array.Empty<long>()];
        return axes.Length == 0 ? picture.alias() : picture.flip(axes);
    }

    /// <summary>Rotates each picture and its labels about their centre, by the same map.</summary>
    /// <remarks>
    /// Beyond the border both are continued by reflection: what is seen there keeps its own label, so that nothing has to be
    /// called background or ignored. Pictures are interpolated linearly, labels taken from the nearest pixel.
    /// </remarks>
    /// <param name="images">[B,C,H,W] float32.</param>
    /// <param name="labels">[B,H,W] uint8.</param>
    /// <param name="changes">One per picture.</param>
    public static (Tensor Images, Tensor Labels) Rotate(Tensor images, Tensor labels, IReadOnlyList<PictureChange> changes)
    {
        using var scope = NewDisposeScope();
        var aspect = (float)images.shape[3] / images.shape[2];
        var maps = tensor(
            changes.SelectMany(change => Map(change.Degrees * Math.PI / 180, aspect)).ToArray(), [changes.Count, 2, 3], device: images.device);
        var grid = nn.functional.affine_grid(maps, images.shape, align_corners: false);
        var rotated = nn.functional.grid_sample(images, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Reflection, align_corners: false);
        var planes = labels.unsqueeze(1).to(ScalarType.Float32);
        var nearest = nn.functional.grid_sample(planes, grid, GridSampleMode.Nearest, GridSamplePaddingMode.Reflection, align_corners: false);
        return (rotated.MoveToOuterDisposeScope(), nearest.squeeze(1).to(labels.dtype).MoveToOuterDisposeScope());
    }

    /// <summary>Brightness, contrast and gamma: v ← clamp(c·(v − pivot) + pivot + b, 0, 1)^γ, with v as a fraction of the full range.</summary>
    /// <remarks>
    /// The pivot is the picture's mean, or black. Where the input is scaled to mean 0 and standard deviation 1 afterwards, that
    /// undoes a mere shift and stretch: what brightness and contrast leave there is what they push out of the range, and where
    /// on its curve gamma meets the values.
    /// </remarks>
    /// <param name="images">[B,C,H,W] float32, 0 to 255.</param>
    /// <param name="changes">One per picture.</param>
    public static Tensor Recolour(Tensor images, IReadOnlyList<PictureChange> changes)
    {
        using var scope = NewDisposeScope();
        Tensor PerPicture(Func<PictureChange, double> part) =>
            tensor(changes.Select(change => (float)part(change)).ToArray(), [changes.Count, 1, 1, 1], device: images.device);
        var fraction = images.div(KeptScalars.FullRange);
        var pivot = fraction.mean([1L, 2L, 3L], keepdim: true) * PerPicture(change => change.AboutMean ? 1 : 0);
        var changed = (PerPicture(change => change.Contrast) * (fraction - pivot)).add(pivot, KeptScalars.One).add(PerPicture(change => change.Brightness), KeptScalars.One);
        return changed.clamp(KeptScalars.Zero, KeptScalars.One).pow(PerPicture(change => change.Gamma)).mul(KeptScalars.FullRange).MoveToOuterDisposeScope();
    }

    /// <summary>Where a pixel of the result comes from, in coordinates from −1 to 1 along each side: [[cos, −sin/a], [a·sin, cos]], a = W/H.</summary>
    private static float[] Map(double angle, float aspect)
    {
        var (sin, cos) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
        return [cos, -sin / aspect, 0, aspect * sin, cos, 0];
    }
}
