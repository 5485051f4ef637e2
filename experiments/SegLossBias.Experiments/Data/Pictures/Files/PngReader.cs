using System.Buffers.Binary;
using System.IO.Compression;
using ICSharpCode.SharpZipLib.Checksum;

namespace SegLossBias.Experiments.Data;

/// <summary>Reads PNG files with the numbers that they store, which libraries turn into 8-bit colours: 16 bits, palettes, low depths.</summary>
/// <remarks>W3C, Portable Network Graphics, Third Edition: chunks in §5, colour types and depths in §6, eXIf in §11.3.4.</remarks>
internal static class PngReader
{
    private const int LongestFile = 1 << 30;

    /// <summary>A deflate stream is at most this many times shorter than what it holds.</summary>
    private const long MostCompression = 1032;

    private const int Grey = 0;
    private const int Rgb = 2;
    private const int Indexed = 3;
    private const int GreyAlpha = 4;

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <exception cref="InvalidPictureException">The file is damaged, or holds several frames.</exception>
    public static Raster Read(string path)
    {
        InvalidPictureException.Unless(new FileInfo(path).Length <= LongestFile);
        var chunks = Chunks(File.ReadAllBytes(path));
        byte[]? Find(string type) => chunks.Find(chunk => chunk.Type == type).Content;
        InvalidPictureException.Unless(chunks is [{ Type: "IHDR", Content.Length: 13 }, ..]);
        var header = chunks[0].Content;
        if (Find("acTL") is { Length: >= 4 } animation && BinaryPrimitives.ReadInt32BigEndian(animation) is > 1 and var frames)
        {
            throw new InvalidPictureException(FormattableString.Invariant($"holds {frames} frames; save the one that counts as a file of its own"));
        }

        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)));
        var (bits, kind, interlaced) = (header[8], header[9], header[12] == 1);
        InvalidPictureException.Unless(Raster.IsAllowed(width, height) && IsKnown(kind, bits) && header[12] <= 1);
        var stored = kind switch { Rgb => 3, GreyAlpha => 2, > GreyAlpha => 4, _ => 1 };
        var packed = new MemoryStream([.. chunks.Where(chunk => chunk.Type == "IDAT").SelectMany(chunk => chunk.Content)]);
        InvalidPictureException.Unless((long)width * height * stored * bits / 8 <= packed.Length * MostCompression);
        using var data = new ZLibStream(packed, CompressionMode.Decompress);
        var samples = PngScanlines.Read(data, (int)width, (int)height, stored, bits, interlaced);
        return WithAlpha(new((int)width, (int)height, kind is Rgb or > GreyAlpha ? 3 : 1, bits, samples), kind, stored, Find("PLTE"), Find("tRNS"))
            .Upright(ExifOrientation.Of(Find("eXIf")));
    }

    private static bool IsKnown(int kind, int bits) => (kind, bits) is (Grey, 1 or 2 or 4 or 8 or 16) or (Indexed, 1 or 2 or 4 or 8) or (Rgb or GreyAlpha or 6, 8 or 16);

    private static List<(string Type, byte[] Content)> Chunks(byte[] file)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = Signature.Length; ;)
        {
            InvalidPictureException.Unless(file.Length - at >= 12);
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            InvalidPictureException.Unless(length <= file.Length - at - 12);
            var body = new ArraySegment<byte>(file, at + 4, (int)length + 4);
            var checksum = new Crc32();
            checksum.Update(body);
            InvalidPictureException.Unless((uint)checksum.Value == BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + (int)length)));
            var type = System.Text.Encoding.ASCII.GetString(body[..4]);
            if (type == "IEND")
            {
                return chunks;
            }

            chunks.Add((type, [.. body[4..]]));
            at += 12 + (int)length;
        }
    }

    /// <summary>Parts alpha from colour, and looks up what is transparent otherwise.</summary>
    private static Raster WithAlpha(Raster raster, int kind, int stored, byte[]? palette, byte[]? transparent)
    {
        var pixels = raster.Width * raster.Height;
        var (samples, opacity) = (raster.Samples, new byte[pixels]);
        if (stored > raster.Channels)
        {
            var colours = new float[pixels * raster.Channels];
            for (var i = 0; i < pixels; i++)
            {
                samples.AsSpan(i * stored, raster.Channels).CopyTo(colours.AsSpan(i * raster.Channels));
                opacity[i] = (byte)MathF.Round(255 * samples[(i * stored) + stored - 1] / raster.White);
            }

            return raster with { Samples = colours, Opacity = Raster.Seen(opacity) };
        }

        if (kind == Indexed)
        {
            InvalidPictureException.Unless(palette is { Length: > 0 and <= 768 } && palette.Length % 3 == 0 && samples.Max() < palette.Length / 3);
            byte Opacity(int number) => number < (transparent?.Length ?? 0) ? transparent![number] : byte.MaxValue;
            return raster with
            {
                Palette = [.. palette!.Chunk(3)],
                Opacity = transparent is null ? null : Raster.Seen([.. samples.Select(number => Opacity((int)number))]),
            };
        }

        if (transparent is null || transparent.Length < 2 * raster.Channels)
        {
            return raster;
        }

        var key = Enumerable.Range(0, raster.Channels).Select(channel => (float)BinaryPrimitives.ReadUInt16BigEndian(transparent.AsSpan(2 * channel))).ToArray();
        for (var i = 0; i < pixels; i++)
        {
            opacity[i] = samples.AsSpan(i * raster.Channels, raster.Channels).SequenceEqual(key) ? (byte)0 : byte.MaxValue;
        }

        return raster with { Opacity = Raster.Seen(opacity) };
    }
}
