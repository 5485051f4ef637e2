using BitMiracle.LibTiff.Classic;

namespace SegLossBias.Experiments.Data;

/// <summary>Reads TIFF files with the numbers that they store: 1 to 32 bits, whole or floating-point, grey, RGB or palette.</summary>
internal static class TiffReader
{
    /// <summary>Files of more pictures are not counted to their end.</summary>
    private const int MostCounted = 10_000;

    /// <summary>No codec makes a picture more than this many times shorter.</summary>
    private const long MostCompression = 1 << 11;

    /// <summary>But those of fax machines, which need a bit for a blank row.</summary>
    private const long MostFaxCompression = 1 << 16;

    static TiffReader() => Tiff.SetErrorHandler(new TiffSilence());

    /// <summary>Whether a file begins as TIFF or BigTIFF does.</summary>
    public static bool IsTiff(ReadOnlySpan<byte> start) =>
        start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8) || start.StartsWith("II+\0"u8) || start.StartsWith("MM\0+"u8);

    /// <exception cref="InvalidPictureException">The file is damaged, holds several pictures, or is of a kind that cannot be read.</exception>
    public static Raster Read(string path)
    {
        try
        {
            InvalidPictureException.Unless(TiffDirectories.FitIntoFile(path, MostCounted));
            using var tiff = Tiff.Open(path, "r") ?? throw new InvalidPictureException(InvalidPictureException.Damaged);
            RequireSingle(tiff);
            var (width, height) = (Field(tiff, TiffTag.IMAGEWIDTH), Field(tiff, TiffTag.IMAGELENGTH));
            InvalidPictureException.Unless(Raster.IsAllowed(width, height) && IsPossible(tiff, (long)width * height, new FileInfo(path).Length));
            var raster = TiffSamples.CanRead(tiff) ? TiffSamples.Read(tiff, width, height) : Colours(tiff, width, height);
            return raster.Upright(Field(tiff, TiffTag.ORIENTATION));
        }
        catch (Exception damaged) when (damaged is not InvalidPictureException) // Of whatever kind a damaged file provokes in the decoder: it is left out and named.
        {
            throw new InvalidPictureException(InvalidPictureException.Damaged);
        }
    }

    /// <summary>A field's value, or the standard's where the file does not have it.</summary>
    public static int Field(Tiff tiff, TiffTag tag) => tiff.GetFieldDefaulted(tag) is [var value, ..] ? value.ToInt() : 0;

    /// <summary>Whether a file of that length can hold what its header claims: the decoder takes memory for it unasked.</summary>
    private static bool IsPossible(Tiff tiff, long pixels, long fileLength)
    {
        var isFax = (Compression)Field(tiff, TiffTag.COMPRESSION) is Compression.CCITTRLE or Compression.CCITTRLEW or Compression.CCITTFAX3 or Compression.CCITTFAX4;
        var parts = tiff.IsTiled() ? tiff.NumberOfTiles() : tiff.NumberOfStrips();
        return pixels * Field(tiff, TiffTag.BITSPERSAMPLE) * Field(tiff, TiffTag.SAMPLESPERPIXEL) / 8 <= fileLength * (isFax ? MostFaxCompression : MostCompression)
            && Enumerable.Range(0, parts).All(part => (tiff.IsTiled() ? tiff.RawTileSize(part) : tiff.RawStripSize(part)) <= fileLength);
    }

    /// <summary>Smaller copies of the same picture are no pictures of their own.</summary>
    private static void RequireSingle(Tiff tiff)
    {
        var pictures = 0;
        do
        {
            pictures += ((FileType)Field(tiff, TiffTag.SUBFILETYPE) & FileType.REDUCEDIMAGE) == 0 ? 1 : 0;
        }
        while (pictures < MostCounted && tiff.ReadDirectory());

        InvalidPictureException.Unless(pictures <= 1, FormattableString.Invariant($"holds {pictures} pictures; save the one that counts as a file of its own"));
        InvalidPictureException.Unless(tiff.SetDirectory(0));
        InvalidPictureException.Unless(
            !IsImageJStack(tiff.GetField(TiffTag.IMAGEDESCRIPTION) is [var text, ..] ? text.ToString() : ""), "holds a stack of ImageJ; save the slice that counts as a file of its own");
    }

    /// <summary>ImageJ keeps large stacks behind a single directory and says so in its description alone.</summary>
    private static bool IsImageJStack(string? description) => description?.StartsWith("ImageJ=", StringComparison.Ordinal) == true
        && description.Split('\n').Any(line => line.StartsWith("images=", StringComparison.Ordinal) && line.Trim() is not ("images=1" or "images="));

    /// <summary>Pictures of 8 bits in other colours, such as YCbCr, as the decoder turns them to RGB.</summary>
    private static Raster Colours(Tiff tiff, int width, int height)
    {
        InvalidPictureException.Unless(Field(tiff, TiffTag.BITSPERSAMPLE) == 8, TiffSamples.Unreadable(tiff));
        var stored = (Orientation)Field(tiff, TiffTag.ORIENTATION) switch
        {
            Orientation.TOPRIGHT or Orientation.RIGHTTOP => Orientation.TOPRIGHT,
            Orientation.BOTRIGHT or Orientation.RIGHTBOT => Orientation.BOTRIGHT,
            Orientation.BOTLEFT or Orientation.LEFTBOT => Orientation.BOTLEFT,
            _ => Orientation.TOPLEFT,
        };
        var rgba = new int[width * height]; // Red in the lowest byte.
        InvalidPictureException.Unless(tiff.ReadRGBAImageOriented(width, height, rgba, stored, true));
        return new(width, height, 3, 8, [.. rgba.SelectMany(pixel => new float[] { pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255 })])
        {
            Opacity = Raster.Seen([.. rgba.Select(pixel => (byte)(pixel >> 24))]),
            IsLossy = (Compression)Field(tiff, TiffTag.COMPRESSION) is Compression.JPEG or Compression.OJPEG,
        };
    }
}
