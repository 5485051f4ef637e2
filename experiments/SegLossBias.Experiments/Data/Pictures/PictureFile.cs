namespace SegLossBias.Experiments.Data;

/// <summary>PNG, JPEG and TIFF files.</summary>
internal static class PictureFile
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".tif", ".tiff"];

    public static bool IsPicture(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The file's name without folder and extension.</summary>
    public static string Stem(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>The file's numbers, upright; what it is, its first bytes say, not its name.</summary>
    /// <exception cref="InvalidPictureException">It cannot be decoded to its end, or not without leaving something out.</exception>
    public static Raster Decode(string path)
    {
        try
        {
            InvalidPictureException.Unless(PlainFile.HasContent(path), PlainFile.Otherwise);
            var start = new byte[PngReader.Signature.Length];
            using (var file = File.OpenRead(path))
            {
                _ = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            }

            return start.AsSpan().SequenceEqual(PngReader.Signature) ? PngReader.Read(path) : TiffReader.IsTiff(start) ? TiffReader.Read(path) : SkiaReader.Read(path);
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            throw new InvalidPictureException($"cannot be read: {closed.Message}");
        }
    }
}
