using SkiaSharp;

namespace SegLossBias.Training;

/// <summary>One PNG or JPEG file, decoded and brought to the network's size.</summary>
internal static class PictureFile
{
    /// <summary>A mask whose values all lie below this holds class numbers (0, 1, …): anything above 0 is foreground.</summary>
    public const int LabelLimit = 32;

    /// <summary>In any other mask the foreground starts here, which keeps the noise of JPEG out.</summary>
    public const int ForegroundLevel = 128;

    public static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>The file's pixels (RGBA, 8 bits), or null when it cannot be decoded to its end.</summary>
    public static SKBitmap? Decode(string path)
    {
        using var codec = SKCodec.Create(path);
        if (codec is null)
        {
            return null;
        }

        var bitmap = new SKBitmap(new SKImageInfo(
            codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success)
        {
            return bitmap;
        }

        bitmap.Dispose();
        return null;
    }

    /// <summary>Red, green and blue planes [3,size,size]; the picture is stretched to a square.</summary>
    public static byte[] Pixels(SKBitmap picture, int size)
    {
        using var resized = picture.Resize(
            new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Unpremul),
            new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        var rgba = resized.GetPixelSpan();
        var planes = new byte[3 * size * size];
        for (var i = 0; i < size * size; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                planes[(channel * size * size) + i] = rgba[(4 * i) + channel];
            }
        }

        return planes;
    }

    /// <summary>1 on the foreground, 0 elsewhere, [size,size]: the nearest pixel's brightest channel decides.</summary>
    public static byte[] Mask(SKBitmap picture, int size)
    {
        var rgba = picture.GetPixelSpan();
        var largest = 0;
        for (var i = 0; i < rgba.Length; i += 4)
        {
            largest = Math.Max(largest, Brightest(rgba[i..]));
        }

        var level = largest < LabelLimit ? 1 : ForegroundLevel;
        var mask = new byte[size * size];
        for (var i = 0; i < mask.Length; i++)
        {
            var x = (int)(((i % size) + 0.5) * picture.Width / size);
            var y = (int)(((i / size) + 0.5) * picture.Height / size);
            mask[i] = Brightest(rgba[(4 * ((y * picture.Width) + x))..]) >= level ? (byte)1 : (byte)0;
        }

        return mask;
    }

    private static int Brightest(ReadOnlySpan<byte> rgba) => Math.Max(rgba[0], Math.Max(rgba[1], rgba[2]));
}
