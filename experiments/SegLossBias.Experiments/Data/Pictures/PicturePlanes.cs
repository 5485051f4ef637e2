using SkiaSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Red, green and blue planes, [3,H,W], 0 to 255: bytes, or of pictures that are deeper, all their levels.</summary>
/// <param name="Height">Of each plane.</param>
/// <param name="Width">Of each plane.</param>
/// <param name="Bytes">Null for deeper pictures.</param>
/// <param name="Deep">Null for bytes.</param>
internal sealed record PicturePlanes(int Height, int Width, byte[]? Bytes, float[]? Deep)
{
    /// <summary>Whether the three planes are equal.</summary>
    public bool IsGrey => Bytes is not null ? AreEqual<byte>(Bytes) : AreEqual<float>(Deep);

    /// <summary>A picture stretched to a size. What is transparent lies on black.</summary>
    /// <remarks>
    /// More than 8 bits, and signed and floating-point numbers: the least of the picture becomes 0 and the largest 255, since few
    /// cameras use the whole range.
    /// </remarks>
    /// <exception cref="InvalidPictureException">A number is not finite.</exception>
    public static PicturePlanes Of(Raster raster, int height, int width)
    {
        var colours = OnBlack(raster);
        if (raster.Palette is not null || (raster.Bits <= 8 && !raster.IsScaleFree))
        {
            return new(height, width, Resized(colours, raster.Palette is null ? raster.White : byte.MaxValue, (raster.Height, raster.Width), height, width), null);
        }

        InvalidPictureException.Unless(colours.All(float.IsFinite), "has a pixel that is not a finite number");
        double least = colours.Min(), range = colours.Max() - least;
        float[] stretched = [.. colours.Select(value => range > 0 ? (float)(byte.MaxValue * ((value - least) / range)) : 0)];
        return new(height, width, null, [.. Enumerable.Range(0, 3).SelectMany(channel =>
            TriangleFilter.Resize([.. stretched.Where((_, i) => i % 3 == channel)], (raster.Height, raster.Width), height, width))]);
    }

    /// <summary>Lays the planes on black canvases.</summary>
    public PicturePlanes On(Placement place)
    {
        T[] Canvases<T>(T[] planes)
            where T : unmanaged => [.. planes.Chunk(Height * Width).SelectMany(plane => place.Lay<T>(plane, default))];
        return new(place.Height, place.Width, Bytes is null ? null : Canvases(Bytes), Deep is null ? null : Canvases(Deep));
    }

    /// <param name="channels">1 or 3.</param>
    /// <param name="isDeep">Whether bytes become float32 too.</param>
    /// <returns>[channels,H,W] uint8 or float32.</returns>
    public Tensor ToTensor(int channels, bool isDeep)
    {
        var count = channels * Height * Width;
        return Deep is null && !isDeep ? tensor(Bytes![..count], [channels, Height, Width], device: CPU)
            : tensor(Deep?[..count] ?? [.. Bytes![..count].Select(value => (float)value)], [channels, Height, Width], device: CPU);
    }

    private static float[] OnBlack(Raster raster)
    {
        var colours = new float[3 * raster.Width * raster.Height];
        for (var i = 0; i < raster.Width * raster.Height; i++)
        {
            var (seen, (red, green, blue)) = (raster.Opacity is null ? 1 : raster.Opacity[i] / 255f, raster.Colour(i));
            (colours[3 * i], colours[(3 * i) + 1], colours[(3 * i) + 2]) = (seen * red, seen * green, seen * blue);
        }

        return colours;
    }

    private static byte[] Resized(float[] colours, int white, (int Height, int Width) from, int height, int width)
    {
        static SKImageInfo Format(int height, int width) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var rgba = new byte[colours.Length / 3 * 4];
        for (var i = 0; i < rgba.Length; i++)
        {
            rgba[i] = i % 4 == 3 ? byte.MaxValue : (byte)MathF.Round(byte.MaxValue * colours[(i / 4 * 3) + (i % 4)] / white);
        }

        using var picture = new SKBitmap(Format(from.Height, from.Width));
        System.Runtime.InteropServices.Marshal.Copy(rgba, 0, picture.GetPixels(), rgba.Length);
        using var resized = picture.Resize(Format(height, width), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        var pixels = resized.GetPixelSpan();
        var area = height * width;
        var planes = new byte[3 * area];
        for (var i = 0; i < planes.Length; i++)
        {
            planes[i] = pixels[(4 * (i % area)) + (i / area)];
        }

        return planes;
    }

    private bool AreEqual<T>(ReadOnlySpan<T> planes)
        where T : unmanaged, IEquatable<T>
    {
        var area = Height * Width;
        var red = planes[..area];
        return red.SequenceEqual(planes.Slice(area, area)) && red.SequenceEqual(planes[(2 * area)..]);
    }
}
