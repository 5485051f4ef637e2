using System.Buffers.Binary;

namespace SegLossBias.Experiments.Data;

/// <summary>Reads the directories of a TIFF before the decoder does, which takes memory for whatever they claim.</summary>
/// <remarks>TIFF 6.0, §2; BigTIFF has 8 bytes where TIFF has 4, or 2 for the number of entries.</remarks>
internal static class TiffDirectories
{
    /// <summary>Of the types 1 to 18; others are passed over by the decoder.</summary>
    private static readonly int[] TypeBytes = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 1, 1, 8, 8, 8];

    /// <summary>Whether no entry is longer than the file, and no picture has more strips or tiles than the file could point to.</summary>
    /// <param name="path">Of a file that begins as a TIFF does.</param>
    /// <param name="most">Further directories are not looked at.</param>
    public static bool FitIntoFile(string path, int most)
    {
        using var file = File.OpenRead(path);
        var start = Bytes(file, 0, 16);
        var (isBigEndian, isBig) = (start[0] == 'M', start[2] == 43 || start[3] == 43);
        var offset = isBig ? Number(start[8..16]) : Number(start[4..8]);
        for (var directories = 0; offset > 0 && directories < most; directories++)
        {
            var entries = Number(Bytes(file, offset, isBig ? 8 : 2));
            var (first, size) = (offset + (isBig ? 8 : 2), isBig ? 20 : 12);
            if (entries > file.Length / size || !Fit(Bytes(file, first, (int)entries * size), isBig, Number, file.Length))
            {
                return false;
            }

            offset = Number(Bytes(file, first + (entries * size), isBig ? 8 : 4));
        }

        return true;

        long Number(byte[] bytes) => (isBigEndian ? bytes : bytes.Reverse()).Aggregate(0L, (number, one) => (number << 8) | one) & long.MaxValue;
    }

    private static bool Fit(byte[] entries, bool isBig, Func<byte[], long> number, long fileLength)
    {
        var values = new Dictionary<long, long>();
        foreach (var entry in entries.Chunk(isBig ? 20 : 12))
        {
            var (tag, type, count) = (number(entry[..2]), number(entry[2..4]), number(entry[4..(isBig ? 12 : 8)]));
            var bytes = TypeBytes[type < TypeBytes.Length ? type : 0];
            if (count > fileLength / bytes)
            {
                return false;
            }

            values[tag] = number(entry[(isBig ? 12 : 8)..][..Math.Min(bytes, isBig ? 8 : 4)]);
        }

        long Value(int tag, long otherwise) => values.TryGetValue(tag, out var value) && value > 0 ? value : otherwise;
        var (width, height, samples) = (Value(256, 1), Value(257, 1), Value(277, 1));
        var parts = values.ContainsKey(322) ? Parts(width, Value(322, 1)) * Parts(height, Value(323, 1)) : Parts(height, Value(278, height));
        return Raster.IsAllowed(width, height) && samples <= ushort.MaxValue && parts * samples <= fileLength;

        static long Parts(long length, long part) => (length + part - 1) / part;
    }

    /// <exception cref="EndOfStreamException">The file ends before.</exception>
    private static byte[] Bytes(FileStream file, long offset, int count)
    {
        if (offset > file.Length - count)
        {
            throw new EndOfStreamException();
        }

        var bytes = new byte[count];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }
}
