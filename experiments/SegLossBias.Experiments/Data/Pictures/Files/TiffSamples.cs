using BitMiracle.LibTiff.Classic;
using static System.FormattableString;

namespace SegLossBias.Experiments.Data;

/// <summary>The numbers of a TIFF as it stores them, in rows or tiles, together or channel by channel.</summary>
internal static class TiffSamples
{
    public static bool CanRead(Tiff tiff)
    {
        var (bits, format) = (TiffReader.Field(tiff, TiffTag.BITSPERSAMPLE), Format(tiff));
        return IsKnownColour(Colour(tiff)) && format switch
        {
            SampleFormat.UINT => bits is 1 or 2 or 4 or 8 or 16 or 32,
            SampleFormat.INT => bits is 8 or 16 or 32,
            SampleFormat.IEEEFP => bits is 32 or 64,
            _ => false,
        };
    }

    /// <summary>What of a file cannot be read, and what could.</summary>
    public static string Unreadable(Tiff tiff) => Invariant(
        $"has {TiffReader.Field(tiff, TiffTag.SAMPLESPERPIXEL)} samples of {TiffReader.Field(tiff, TiffTag.BITSPERSAMPLE)} bits ({Format(tiff)}, {Colour(tiff)}) per pixel; save it as grey or RGB, with 8 or 16 bits or as float32");

    public static Raster Read(Tiff tiff, int width, int height)
    {
        var (bits, stored, format) = (TiffReader.Field(tiff, TiffTag.BITSPERSAMPLE), TiffReader.Field(tiff, TiffTag.SAMPLESPERPIXEL), Format(tiff));
        var channels = Colour(tiff) == Photometric.RGB ? 3 : 1;
        var alpha = Alpha(tiff);
        InvalidPictureException.Unless(stored == channels || (stored == channels + 1 && alpha is not null), Unreadable(tiff));
        InvalidPictureException.Unless((long)width * height * stored <= int.MaxValue);
        var numbers = new float[width * height * stored];
        ReadNumbers(tiff, width, height, stored, (bytes, index) => Number(bytes, index, bits, format), numbers);
        var raster = new Raster(width, height, channels, bits, stored == channels ? numbers : [.. numbers.Where((_, i) => i % stored < channels)])
        {
            IsScaleFree = format != SampleFormat.UINT || bits > 16,
            IsLossy = (Compression)TiffReader.Field(tiff, TiffTag.COMPRESSION) == Compression.JPEG,
            Palette = Colour(tiff) == Photometric.PALETTE ? Palette(tiff) : null,
        };
        if (Colour(tiff) == Photometric.MINISWHITE)
        {
            InvalidPictureException.Unless(!raster.IsScaleFree, Unreadable(tiff));
            raster = raster with { Samples = [.. raster.Samples.Select(value => raster.White - value)] };
        }

        return stored == channels ? raster : WithOpacity(raster, [.. numbers.Where((_, i) => i % stored == channels)], alpha == ExtraSample.ASSOCALPHA, Unreadable(tiff));
    }

    /// <summary>The alpha of a picture; colours that are multiplied by it are divided by it.</summary>
    private static Raster WithOpacity(Raster raster, float[] alpha, bool isAssociated, string otherwise)
    {
        InvalidPictureException.Unless(!raster.IsScaleFree && raster.Palette is null, otherwise);
        var opacity = Raster.Seen([.. alpha.Select(value => (byte)MathF.Round(255 * value / raster.White))]);
        return opacity is null ? raster : raster with
        {
            Opacity = opacity,
            Samples = isAssociated ? [.. raster.Samples.Select((value, i) => MathF.Min(raster.White, value * raster.White / MathF.Max(1, alpha[i / raster.Channels])))] : raster.Samples,
        };
    }

    private static bool IsKnownColour(Photometric colour) => colour is Photometric.MINISBLACK or Photometric.MINISWHITE or Photometric.RGB or Photometric.PALETTE;

    private static Photometric Colour(Tiff tiff) => (Photometric)TiffReader.Field(tiff, TiffTag.PHOTOMETRIC);

    private static SampleFormat Format(Tiff tiff) => (SampleFormat)TiffReader.Field(tiff, TiffTag.SAMPLEFORMAT) is SampleFormat.VOID or 0 ? SampleFormat.UINT : (SampleFormat)TiffReader.Field(tiff, TiffTag.SAMPLEFORMAT);

    private static ExtraSample? Alpha(Tiff tiff) => tiff.GetFieldDefaulted(TiffTag.EXTRASAMPLES) is [var count, var kinds, ..] && count.ToInt() == 1
        && kinds.ToShortArray() is [var kind, ..] && (ExtraSample)kind is ExtraSample.ASSOCALPHA or ExtraSample.UNASSALPHA ? (ExtraSample)kinds.ToShortArray()[0] : null;

    private static byte[][] Palette(Tiff tiff)
    {
        var planes = tiff.GetField(TiffTag.COLORMAP).Select(plane => plane.ToShortArray()).ToArray();
        return [.. Enumerable.Range(0, planes[0].Length).Select(i => planes.Select(plane => (byte)((ushort)plane[i] >> 8)).ToArray())];
    }

    private static void ReadNumbers(Tiff tiff, int width, int height, int stored, Func<byte[], int, float> number, float[] numbers)
    {
        var separate = (PlanarConfig)TiffReader.Field(tiff, TiffTag.PLANARCONFIG) == PlanarConfig.SEPARATE && stored > 1;
        var (planes, together) = separate ? (stored, 1) : (1, stored);
        var (tileWidth, tileHeight) = tiff.IsTiled() ? (TiffReader.Field(tiff, TiffTag.TILEWIDTH), TiffReader.Field(tiff, TiffTag.TILELENGTH)) : (width, 1);
        InvalidPictureException.Unless(Raster.IsAllowed(tileWidth, tileHeight));
        var buffer = new byte[tiff.IsTiled() ? tiff.TileSize() : tiff.ScanlineSize()];
        var rowBytes = buffer.Length / tileHeight;
        for (var plane = 0; plane < planes; plane++)
        {
            for (var top = 0; top < height; top += tileHeight)
            {
                for (var left = 0; left < width; left += tileWidth)
                {
                    InvalidPictureException.Unless(tiff.IsTiled() ? tiff.ReadTile(buffer, 0, left, top, 0, (short)plane) >= 0 : tiff.ReadScanline(buffer, 0, top, (short)plane));
                    for (var y = top; y < Math.Min(height, top + tileHeight); y++)
                    {
                        var row = tileHeight == 1 ? buffer : buffer[((y - top) * rowBytes)..((y - top + 1) * rowBytes)];
                        for (var x = left; x < Math.Min(width, left + tileWidth); x++)
                        {
                            for (var i = 0; i < together; i++)
                            {
                                numbers[(((y * width) + x) * stored) + plane + i] = number(row, ((x - left) * together) + i);
                            }
                        }
                    }
                }
            }
        }
    }

    private static float Number(byte[] row, int index, int bits, SampleFormat format) => (format, bits) switch
    {
        (SampleFormat.IEEEFP, 64) => (float)BitConverter.ToDouble(row, 8 * index),
        (SampleFormat.IEEEFP, _) => BitConverter.ToSingle(row, 4 * index),
        (SampleFormat.INT, 8) => (sbyte)row[index],
        (SampleFormat.INT, 16) => BitConverter.ToInt16(row, 2 * index),
        (SampleFormat.INT, _) => BitConverter.ToInt32(row, 4 * index),
        (_, 32) => BitConverter.ToUInt32(row, 4 * index),
        (_, 16) => BitConverter.ToUInt16(row, 2 * index),
        (_, 8) => row[index],
        _ => (row[index * bits / 8] >> (8 - bits - (index * bits % 8))) & ((1 << bits) - 1),
    };
}
