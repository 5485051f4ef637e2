using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Writes planes of tensors as PNG.</summary>
internal static class PlanePicture
{
    /// <summary>One byte per pixel, the class.</summary>
    /// <param name="path">The file.</param>
    /// <param name="labels">[H, W] uint8.</param>
    public static void SaveLabels(string path, Tensor labels)
    {
        using var plane = labels.cpu().contiguous();
        Save(path, plane.data<byte>().ToArray(), (int)labels.shape[1], (int)labels.shape[0], SKColorType.Gray8);
    }

    /// <summary>RGB for three channels of bytes, else the first channel in grey, from its smallest value to its largest unless it is bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">[C, H, W] uint8 or float32.</param>
    public static void SaveImage(string path, Tensor image)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((int)image.shape[1], (int)image.shape[2]);
        if (image.dtype == ScalarType.Byte && image.shape[0] == 3)
        {
            var opaque = full([1, height, width], byte.MaxValue, ScalarType.Byte);
            Save(path, cat([image.cpu(), opaque]).permute(1, 2, 0).contiguous().data<byte>().ToArray(), width, height, SKColorType.Rgba8888);
            return;
        }

        var plane = image[0].cpu();
        if (plane.dtype != ScalarType.Byte)
        {
            var (low, high) = (plane.min(), plane.max());
            plane = ((plane - low) / (high - low).clamp_min(1e-12) * 255).round().to(ScalarType.Byte);
        }

        Save(path, plane.contiguous().data<byte>().ToArray(), width, height, SKColorType.Gray8);
    }

    private static void Save(string path, byte[] pixels, int width, int height, SKColorType type)
    {
        using var picture = SKImage.FromPixelCopy(new SKImageInfo(width, height, type, SKAlphaType.Opaque), pixels);
        using var encoded = picture.Encode(SKEncodedImageFormat.Png, 100);
        using var file = File.Create(path);
        encoded.SaveTo(file);
    }
}
