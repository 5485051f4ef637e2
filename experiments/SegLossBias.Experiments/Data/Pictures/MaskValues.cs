using static System.FormattableString;

namespace SegLossBias.Experiments.Data;

/// <summary>A mask as bytes: class numbers, or shades of grey.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Values">[H,W].</param>
/// <param name="IsExact">False where compression changed the values.</param>
/// <param name="Colours">The colour of each number that occurs; null where the values are grey.</param>
internal sealed record MaskValues(int Width, int Height, byte[] Values, bool IsExact, IReadOnlyDictionary<byte, int>? Colours)
{
    /// <summary>Channels of a grey JPEG are not further apart than this.</summary>
    private const int LossyNoise = 32;

    /// <summary>The different values, the smallest first.</summary>
    public IReadOnlyList<byte> Different { get; } = Occurring(Values);

    /// <summary>Whether its file has black and white alone, so that white cannot be anything but the foreground.</summary>
    public bool IsOneBit { get; private init; }

    /// <summary>Whether it shows a foreground and no more: grey values of 0 and 255, or those of a JPEG. One of 0 alone may be of either kind.</summary>
    public bool IsBlackAndWhite => !IsExact || (Colours is null && Different is [0, byte.MaxValue] or [byte.MaxValue]);

    /// <param name="raster">As its file stores it.</param>
    /// <param name="areNumbers">
    /// Whether grey values and the numbers of a palette are class numbers as they are; those of 1 bit, black and white, become 0
    /// and 255 all the same, and a palette of greys is grey. Else the brightest channel counts, brought to 0 to 255.
    /// </param>
    /// <remarks>Transparent pixels are 0.</remarks>
    /// <exception cref="InvalidPictureException">Its numbers can mean several things, or do not fit into bytes.</exception>
    public static MaskValues Of(Raster raster, bool areNumbers)
    {
        InvalidPictureException.Unless(
            raster.Opacity is null || raster.Opacity.All(alpha => alpha is 0 or byte.MaxValue), "is half transparent in places; make every pixel either opaque or transparent");
        if (areNumbers && raster.Palette is { } palette && Numbers(raster, palette) is { } numbered)
        {
            return numbered;
        }

        var (values, apart) = (new float[raster.Width * raster.Height], 0f);
        for (var i = 0; i < values.Length; i++)
        {
            if (raster.Opacity?[i] != 0)
            {
                var (red, green, blue) = raster.Colour(i);
                values[i] = Math.Max(red, Math.Max(green, blue));
                apart = Math.Max(apart, values[i] - Math.Min(red, Math.Min(green, blue)));
            }
        }

        InvalidPictureException.Unless(
            !areNumbers || !(apart > (raster.IsLossy ? LossyNoise : 0)), "is coloured; class numbers are grey values, or the numbers of a palette (an indexed PNG): save it as one of these");
        return new(raster.Width, raster.Height, areNumbers ? Numbers(raster, values) : Shades(raster, values), !raster.IsLossy, null) { IsOneBit = raster.Bits == 1 };
    }

    /// <summary>The values [h,w], stretched: those of the nearest pixels.</summary>
    public byte[] Resized(int height, int width)
    {
        var values = new byte[height * width];
        for (var i = 0; i < values.Length; i++)
        {
            var x = (int)(((i % width) + 0.5) * Width / width);
            var y = (int)(((i / width) + 0.5) * Height / height);
            values[i] = Values[(y * Width) + x];
        }

        return values;
    }

    /// <returns>Null for a palette of greys.</returns>
    private static MaskValues? Numbers(Raster raster, byte[][] palette)
    {
        byte[] numbers = [.. raster.Samples.Select(number => (byte)number)];
        var different = Occurring(numbers);
        if (different.All(number => palette[number] is [var red, var green, var blue] && red == green && green == blue))
        {
            return null;
        }

        InvalidPictureException.Unless(
            raster.Opacity is null || !numbers.Where((number, i) => number > 0 && raster.Opacity[i] == 0).Any(), "is transparent at numbers above 0 of its palette; make them opaque");
        return new(raster.Width, raster.Height, numbers, true, different.ToDictionary(number => number, number => (palette[number][0] << 16) | (palette[number][1] << 8) | palette[number][2]));
    }

    /// <summary>Grey values as they are; those of 1 bit, and 0 and white of 16 bits, as 0 and 255.</summary>
    private static byte[] Numbers(Raster raster, float[] values)
    {
        if (raster.Palette is null && (raster.Bits == 1 || (raster.Bits == 16 && !raster.IsScaleFree && values.All(value => value == 0 || value == raster.White))))
        {
            return [.. values.Select(value => value > 0 ? byte.MaxValue : (byte)0)];
        }

        var other = values.Where(value => !(value is >= 0 and <= byte.MaxValue && float.IsInteger(value))).Take(1).ToArray();
        InvalidPictureException.Unless(other.Length == 0, Invariant($"has the value {other.FirstOrDefault()}; class numbers are whole numbers from 0 to 254, and 255 is ignored"));
        return [.. values.Select(value => (byte)value)];
    }

    private static byte[] Shades(Raster raster, float[] values)
    {
        InvalidPictureException.Unless(!raster.IsScaleFree, "has numbers without a white, signed or floating-point; save it with 8 bits");
        var (white, largest) = (raster.Palette is null ? raster.White : byte.MaxValue, values.Max());
        InvalidPictureException.Unless(
            raster.Bits < 16 || largest is 0 or > byte.MaxValue, Invariant($"has 16 bits, of which white is {raster.White}, but no value above {largest}; save it with 8 bits"));
        return [.. values.Select(value => (byte)MathF.Round(byte.MaxValue * value / white))];
    }

    private static byte[] Occurring(byte[] values)
    {
        var occurs = new bool[byte.MaxValue + 1];
        foreach (var value in values)
        {
            occurs[value] = true;
        }

        return [.. Enumerable.Range(0, occurs.Length).Where(value => occurs[value]).Select(value => (byte)value)];
    }
}
