using SkiaSharp;

namespace SegLossBias.Experiments.Data;

/// <summary>One PNG, JPEG or TIFF file, decoded and brought to the network's size.</summary>
internal static class PictureFile
{
    private const long MaximumPixels = 1 << 27;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".tif", ".tiff"];

    public static bool IsPicture(string path) => Has(path, Extensions);

    /// <summary>True for a file whose compression changes values.</summary>
    public static bool IsJpeg(string path) => Has(path, [".jpg", ".jpeg"]);

    /// <summary>The file's name without folder and extension.</summary>
    public static string Stem(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>Whether a file may claim this size: damaged ones claim anything.</summary>
    public static bool IsAllowed(int width, int height) => width > 0 && height > 0 && (long)width * height <= MaximumPixels;

    public static SKBitmap Empty(int width, int height) => new(Format(width, height));

    /// <summary>The file's pixels (RGBA, 8 bits), or null when it cannot be decoded to its end.</summary>
    public static SKBitmap? Decode(string path)
    {
        if (Has(path, [".tif", ".tiff"]))
        {
            return TiffFile.Decode(path);
        }

        using var codec = SKCodec.Create(path);
        if (codec is null || !IsAllowed(codec.Info.Width, codec.Info.Height))
        {
            return null;
        }

        var bitmap = Empty(codec.Info.Width, codec.Info.Height);
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success)
        {
            return bitmap;
        }

        bitmap.Dispose();
        return null;
    }

    /// <summary>Red, green and blue planes [3,H,W]; the picture is stretched.</summary>
    public static byte[] Pixels(SKBitmap picture, int height, int width)
    {
        using var resized = picture.Resize(
            Format(width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        var rgba = resized.GetPixelSpan();
        var area = height * width;
        var planes = new byte[3 * area];
        for (var i = 0; i < area; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                planes[(channel * area) + i] = rgba[(4 * i) + channel];
            }
        }

        return planes;
    }

    /// <summary>The values [H,W] of a mask, stretched as the picture is: the brightest channel of the nearest pixel.</summary>
    public static byte[] MaskValues(SKBitmap mask, int height, int width)
    {
        var rgba = mask.GetPixelSpan();
        var values = new byte[height * width];
        for (var i = 0; i < values.Length; i++)
        {
            var x = (int)(((i % width) + 0.5) * mask.Width / width);
            var y = (int)(((i / width) + 0.5) * mask.Height / height);
            values[i] = Brightest(rgba[(4 * ((y * mask.Width) + x))..]);
        }

        return values;
    }

    /// <summary>The largest value of a mask, at its full size.</summary>
    public static int LargestValue(SKBitmap mask)
    {
        var rgba = mask.GetPixelSpan();
        var largest = 0;
        for (var i = 0; i < rgba.Length; i += 4)
        {
            largest = Math.Max(largest, Brightest(rgba[i..]));
        }

        return largest;
    }

    /// <summary>The different values of a mask at its full size, the smallest first.</summary>
    public static IReadOnlyList<byte> ValuesOf(SKBitmap mask)
    {
        var rgba = mask.GetPixelSpan();
        var occurs = new bool[byte.MaxValue + 1];
        for (var i = 0; i < rgba.Length; i += 4)
        {
            occurs[Brightest(rgba[i..])] = true;
        }

        return [.. Enumerable.Range(0, occurs.Length).Where(value => occurs[value]).Select(value => (byte)value)];
    }

    /// <summary>By how much the channels of a pixel differ at most: 0 where all is grey.</summary>
    public static int LargestColour(SKBitmap picture)
    {
        var rgba = picture.GetPixelSpan();
        var largest = 0;
        for (var i = 0; i < rgba.Length; i += 4)
        {
            largest = Math.Max(largest, Brightest(rgba[i..]) - Math.Min(rgba[i], Math.Min(rgba[i + 1], rgba[i + 2])));
        }

        return largest;
    }

    private static SKImageInfo Format(int width, int height) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);

    private static byte Brightest(ReadOnlySpan<byte> rgba) => Math.Max(rgba[0], Math.Max(rgba[1], rgba[2]));

    private static bool Has(string path, string[] extensions) =>
        extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
