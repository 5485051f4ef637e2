using System.Buffers.Binary;

namespace SegLossBias.Experiments.Data;

/// <summary>The orientation that EXIF data gives a picture.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112;
    private const int EntryBytes = 12;

    /// <param name="exif">A TIFF structure, as in PNG's eXIf chunk: its first directory may have the tag.</param>
    /// <returns>1 where it does not say.</returns>
    public static int Of(ReadOnlySpan<byte> exif)
    {
        if (exif.Length < 8 || !(exif.StartsWith("II*\0"u8) || exif.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        var bigEndian = exif[0] == 'M';
        int Short(ReadOnlySpan<byte> at) => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
        var directory = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(exif[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(exif[4..]);
        if (directory > exif.Length - 2)
        {
            return 1;
        }

        var entries = exif[((int)directory + 2)..];
        for (var count = Short(exif[(int)directory..]); count > 0 && entries.Length >= EntryBytes; count--, entries = entries[EntryBytes..])
        {
            if (Short(entries) == Tag)
            {
                return Short(entries[8..]);
            }
        }

        return 1;
    }
}
