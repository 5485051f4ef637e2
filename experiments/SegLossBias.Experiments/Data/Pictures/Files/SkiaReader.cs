using SkiaSharp;

namespace SegLossBias.Experiments.Data;

/// <summary>Reads JPEG, and whatever else Skia decodes, as RGB of 8 bits.</summary>
internal static class SkiaReader
{
    /// <exception cref="InvalidPictureException">The file is damaged, or holds several frames.</exception>
    public static Raster Read(string path)
    {
        using var codec = SKCodec.Create(path);
        InvalidPictureException.Unless(codec is not null && Raster.IsAllowed(codec.Info.Width, codec.Info.Height));
        InvalidPictureException.Unless(codec!.FrameCount <= 1, FormattableString.Invariant($"holds {codec.FrameCount} frames; save the one that counts as a file of its own"));
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        InvalidPictureException.Unless(codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success);
        var rgba = bitmap.GetPixelSpan();
        var (samples, opacity) = (new float[3 * width * height], new byte[width * height]);
        for (var i = 0; i < opacity.Length; i++)
        {
            (samples[3 * i], samples[(3 * i) + 1], samples[(3 * i) + 2]) = (rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2]);
            opacity[i] = rgba[(4 * i) + 3];
        }

        return new Raster(width, height, 3, 8, samples) { Opacity = Raster.Seen(opacity), IsLossy = codec.EncodedFormat is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Webp }
            .Upright((int)codec.EncodedOrigin);
    }
}
