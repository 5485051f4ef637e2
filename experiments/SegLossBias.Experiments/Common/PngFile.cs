using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Common;

/// <summary>Writes PNG files of 8 bits per channel, grey or RGB, whole or not at all, and reads them back.</summary>
internal static class PngFile
{
    /// <summary>The pixels (RGBA, 8 bits) of a file that this class wrote; null when it is missing or broken.</summary>
    public static SKBitmap? Read(string path)
    {
        using var codec = SKCodec.Create(path);
        if (codec is null)
        {
            return null;
        }

        var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success)
        {
            return bitmap;
        }

        bitmap.Dispose();
        return null;
    }

    /// <param name="path">A full path; its folder is created.</param>
    /// <param name="planes">[1, H, W] or [3, H, W] uint8.</param>
    /// <exception cref="UserError">It cannot be written.</exception>
    public static void Write(string path, Tensor planes)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((int)planes.shape[1], (int)planes.shape[2]);
        var isGrey = planes.shape[0] == 1;
        var type = isGrey ? SKColorType.Gray8 : SKColorType.Rgb888x;
        var pixels = isGrey ? planes : cat([planes, zeros_like(planes[..1])], dim: 0);
        var bytes = pixels.cpu().permute(1, 2, 0).contiguous().data<byte>().ToArray();
        using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, type, SKAlphaType.Opaque), bytes);
        Write(path, image.Encode(SKEncodedImageFormat.Png, 100));
    }

    /// <param name="path">A full path; its folder is created.</param>
    /// <param name="encoded">
    /// What Skia encoded in memory, null if it could not; disposed here. Were Skia to write to the file itself, an error of
    /// the disk would pass through its native code, which ends the process.
    /// </param>
    /// <exception cref="UserError">It cannot be written.</exception>
    public static void Write(string path, SKData? encoded)
    {
        using (encoded)
        {
            AtomicFile.Write(path, (encoded ?? throw new UserError($"{path} cannot be written: the picture cannot be encoded as PNG")).SaveTo);
        }
    }
}
