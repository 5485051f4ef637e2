using System.Buffers.Binary;
using System.IO.Compression;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>Writes PNG files of every colour type, depth, filter and interlacing, apart from the code under test.</summary>
internal sealed record HandMadePng(int Width, int Height, int ColourType, int Bits, int[] Samples)
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public byte[]? Palette { get; init; }

    public byte[]? Transparent { get; init; }

    public int? Orientation { get; init; }

    public bool BigEndianExif { get; init; }

    public bool Interlaced { get; init; }

    /// <summary>0 to 4, the same in every row.</summary>
    public int Filter { get; init; }

    public int? Frames { get; init; }

    private int Channels => ColourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    public byte[] Bytes()
    {
        var file = new List<byte>([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        Chunk("IHDR", [.. Big(Width), .. Big(Height), (byte)Bits, (byte)ColourType, 0, 0, (byte)(Interlaced ? 1 : 0)]);
        if (Frames is { } frames)
        {
            Chunk("acTL", [.. Big(frames), .. Big(0)]);
        }

        if (Orientation is { } orientation)
        {
            Chunk("eXIf", BigEndianExif
                ? [.. "MM\0*"u8, 0, 0, 0, 8, 0, 2, 0x01, 0x00, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]
                : [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0]);
        }

        if (Palette is not null)
        {
            Chunk("PLTE", Palette);
        }

        if (Transparent is not null)
        {
            Chunk("tRNS", Transparent);
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            zlib.Write([.. Rows()]);
        }

        var data = packed.ToArray();
        Chunk("IDAT", data[..(data.Length / 2)]);
        Chunk("IDAT", data[(data.Length / 2)..]);
        Chunk("IEND", []);
        return [.. file];

        void Chunk(string type, byte[] content)
        {
            byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. content];
            file.AddRange([.. Big(content.Length), .. body, .. Big((int)Crc(body))]);
        }
    }

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }

    private IEnumerable<byte> Rows()
    {
        foreach (var (x0, y0, stepX, stepY) in Interlaced ? Adam7 : [(0, 0, 1, 1)])
        {
            byte[]? above = null;
            for (var y = y0; y < Height && x0 < Width; y += stepY)
            {
                var numbers = new List<int>();
                for (var x = x0; x < Width; x += stepX)
                {
                    numbers.AddRange(Samples.Skip(((y * Width) + x) * Channels).Take(Channels));
                }

                var row = Pack(numbers);
                above ??= new byte[row.Length];
                var unit = Math.Max(1, Bits * Channels / 8);
                yield return (byte)Filter;
                for (var i = 0; i < row.Length; i++)
                {
                    var (a, b, c) = (i < unit ? 0 : row[i - unit], above[i], i < unit ? 0 : above[i - unit]);
                    var p = a + b - c;
                    var nearest = new[] { a, b, c }.MinBy(value => Math.Abs(p - value));
                    yield return (byte)(row[i] - Filter switch { 1 => a, 2 => b, 3 => (a + b) / 2, 4 => nearest, _ => 0 });
                }

                above = row;
            }
        }
    }

    private byte[] Pack(List<int> numbers)
    {
        var text = string.Concat(numbers.Select(number => Convert.ToString(number, 2).PadLeft(Bits, '0')));
        text = text.PadRight((text.Length + 7) / 8 * 8, '0');
        return [.. text.Chunk(8).Select(bits => Convert.ToByte(new string(bits), 2))];
    }
}
