using BitMiracle.LibTiff.Classic;
using SkiaSharp;

namespace SegLossBias.Experiments.Tests.Support;

/// <summary>A temporary folder into which a test writes pictures of its own.</summary>
public sealed class PictureFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pictures-");

    public string FullName => _folder.FullName;

    /// <summary>Writes a PNG or JPEG, as the extension says, with red, green and blue of each pixel (x, y).</summary>
    public void Colour(string path, int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> colour)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = colour(x, y);
                bitmap.SetPixel(x, y, new SKColor(red, green, blue));
            }
        }

        var format = Path.GetExtension(path) == ".png" ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg;
        using var data = bitmap.Encode(format, 90);
        Bytes(path, data.ToArray());
    }

    /// <summary>Writes an 8-bit grey PNG or JPEG.</summary>
    public void Grey(string path, int width, int height, Func<int, int, byte> value) =>
        Colour(path, width, height, (x, y) => (value(x, y), value(x, y), value(x, y)));

    /// <summary>Writes a TIFF of bytes with LZW: grey for one channel, RGB for three.</summary>
    public void Tiff(string path, int width, int height, int channels, Func<int, int, int, byte> value)
    {
        using var tiff = BitMiracle.LibTiff.Classic.Tiff.Open(Place(path), "w");
        tiff.SetField(TiffTag.IMAGEWIDTH, width);
        tiff.SetField(TiffTag.IMAGELENGTH, height);
        tiff.SetField(TiffTag.BITSPERSAMPLE, 8);
        tiff.SetField(TiffTag.SAMPLESPERPIXEL, channels);
        tiff.SetField(TiffTag.PHOTOMETRIC, channels == 1 ? Photometric.MINISBLACK : Photometric.RGB);
        tiff.SetField(TiffTag.PLANARCONFIG, PlanarConfig.CONTIG);
        tiff.SetField(TiffTag.COMPRESSION, Compression.LZW);
        tiff.SetField(TiffTag.ROWSPERSTRIP, 1);
        for (var y = 0; y < height; y++)
        {
            tiff.WriteScanline([.. Enumerable.Range(0, width * channels).Select(i => value(i / channels, y, i % channels))], y);
        }
    }

    /// <summary>Writes a TIFF of rows of bytes as they are, grey unless <paramref name="change"/> says otherwise.</summary>
    public void TiffOf(string path, int width, int height, int bits, byte[] rows, Action<Tiff>? change = null)
    {
        using var tiff = BitMiracle.LibTiff.Classic.Tiff.Open(Place(path), "w");
        Describe(tiff, width, height, bits);
        change?.Invoke(tiff);
        foreach (var (y, row) in rows.Chunk(rows.Length / height).Index())
        {
            tiff.WriteScanline(row, y);
        }
    }

    /// <summary>Sets the fields that every TIFF needs.</summary>
    public static void Describe(Tiff tiff, int width, int height, int bits)
    {
        tiff.SetField(TiffTag.IMAGEWIDTH, width);
        tiff.SetField(TiffTag.IMAGELENGTH, height);
        tiff.SetField(TiffTag.BITSPERSAMPLE, bits);
        tiff.SetField(TiffTag.SAMPLESPERPIXEL, 1);
        tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
        tiff.SetField(TiffTag.PLANARCONFIG, PlanarConfig.CONTIG);
        tiff.SetField(TiffTag.ROWSPERSTRIP, 1);
    }

    public void Bytes(string path, byte[] content) => File.WriteAllBytes(Place(path), content);

    public void Text(string path, params string[] lines) => File.WriteAllLines(Place(path), lines);

    /// <summary>Cuts a file off in the middle.</summary>
    public void Truncate(string path)
    {
        var content = File.ReadAllBytes(Path.Combine(FullName, path));
        File.WriteAllBytes(Path.Combine(FullName, path), content[..(content.Length / 2)]);
    }

    public void Delete(string path) => File.Delete(Path.Combine(FullName, path));

    public void Dispose() => _folder.Delete(recursive: true);

    private string Place(string path)
    {
        var full = Path.Combine(FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
