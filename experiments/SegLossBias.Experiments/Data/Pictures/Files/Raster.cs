namespace SegLossBias.Experiments.Data;

/// <summary>A decoded file, upright, with the numbers that it stores: no bit is cut off, no palette applied, no alpha dropped.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Channels">1: grey, or numbers of a palette. 3: red, green and blue.</param>
/// <param name="Bits">Of a number.</param>
/// <param name="Samples">[H,W,C]; whole numbers from 0 to 2^Bits − 1 unless the file holds others.</param>
internal sealed record Raster(int Width, int Height, int Channels, int Bits, float[] Samples)
{
    private const int LargestOrientation = 8;

    /// <summary>Larger pictures are taken for damaged: a small file can claim any size.</summary>
    private const long MostPixels = 1 << 26;

    /// <summary>Whether the numbers are signed or floating-point, so that none of them is white.</summary>
    public bool IsScaleFree { get; init; }

    /// <summary>Whether the file's compression changes numbers.</summary>
    public bool IsLossy { get; init; }

    /// <summary>Of each pixel, 0 transparent, 255 opaque; null where all are opaque.</summary>
    public byte[]? Opacity { get; init; }

    /// <summary>Red, green and blue of each number; null where the numbers are grey or colour themselves.</summary>
    public byte[][]? Palette { get; init; }

    /// <summary>The largest number of the file's depth.</summary>
    public int White => (1 << Bits) - 1;

    public static bool IsAllowed(long width, long height) => width > 0 && height > 0 && width <= int.MaxValue && height <= int.MaxValue && width * height <= MostPixels;

    /// <summary>Opacities, or null if all pixels are opaque.</summary>
    public static byte[]? Seen(byte[]? opacity) => opacity is null || opacity.AsSpan().IndexOfAnyExcept(byte.MaxValue) < 0 ? null : opacity;

    /// <summary>Turns and mirrors as an orientation of EXIF or TIFF asks for.</summary>
    /// <param name="orientation">
    /// Where the file's first row and first column belong: 1 top left, 2 top right, 3 bottom right, 4 bottom left, 5 left top, 6
    /// right top, 7 right bottom, 8 left bottom. Others count as 1.
    /// </param>
    public Raster Upright(int orientation)
    {
        if (orientation is <= 1 or > LargestOrientation)
        {
            return this;
        }

        var (width, height) = orientation >= 5 ? (Height, Width) : (Width, Height);
        var samples = new float[Samples.Length];
        var opacity = Opacity is null ? null : new byte[Opacity.Length];
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = (i % width, i / width);
            var (column, row) = orientation switch
            {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, width - 1 - x),
                7 => (height - 1 - y, width - 1 - x),
                _ => (height - 1 - y, x),
            };
            var from = (row * Width) + column;
            Samples.AsSpan(from * Channels, Channels).CopyTo(samples.AsSpan(i * Channels));
            if (opacity is not null)
            {
                opacity[i] = Opacity![from];
            }
        }

        return this with { Width = width, Height = height, Samples = samples, Opacity = opacity };
    }

    /// <summary>Red, green and blue of a pixel, in the unit of the numbers; of a palette's colours, 0 to 255.</summary>
    public (float Red, float Green, float Blue) Colour(int pixel)
    {
        if (Palette is not null)
        {
            var colour = Palette[(int)Samples[pixel]];
            return (colour[0], colour[1], colour[2]);
        }

        var at = pixel * Channels;
        return Channels == 1 ? (Samples[at], Samples[at], Samples[at]) : (Samples[at], Samples[at + 1], Samples[at + 2]);
    }
}
