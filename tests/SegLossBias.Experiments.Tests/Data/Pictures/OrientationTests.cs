using BitMiracle.LibTiff.Classic;
using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>All eight orientations of EXIF and TIFF, of pictures whose upright form is 1 2 3 over 4 5 6.</summary>
public sealed class OrientationTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public static TheoryData<int, int, int[]> Stored() => new()
    {
        { 1, 3, [1, 2, 3, 4, 5, 6] },
        { 2, 3, [3, 2, 1, 6, 5, 4] },
        { 3, 3, [6, 5, 4, 3, 2, 1] },
        { 4, 3, [4, 5, 6, 1, 2, 3] },
        { 5, 2, [1, 4, 2, 5, 3, 6] },
        { 6, 2, [3, 6, 2, 5, 1, 4] },
        { 7, 2, [6, 3, 5, 2, 4, 1] },
        { 8, 2, [4, 1, 5, 2, 6, 3] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Stored))]
    public void OfPng_IsThatOfItsExif(int orientation, int width, int[] stored)
    {
        foreach (var bigEndian in (bool[])[false, true])
        {
            _folder.Bytes("p.png", new HandMadePng(width, 6 / width, 0, 8, stored) { Orientation = orientation, BigEndianExif = bigEndian }.Bytes());
            ShouldBeUpright(Decode("p.png"));
        }
    }

    [Theory]
    [MemberData(nameof(Stored))]
    public void OfTiff_IsThatOfItsTag_ForNumbersAndForColoursOfTheDecoder(int orientation, int width, int[] stored)
    {
        _folder.TiffOf("p.tif", width, 6 / width, 8, [.. stored.Select(value => (byte)value)], tiff => tiff.SetField(TiffTag.ORIENTATION, orientation));
        ShouldBeUpright(Decode("p.tif"));

        // Grey of CMYK: the key alone, 255 less the value.
        _folder.TiffOf("k.tif", width, 6 / width, 8, [.. stored.SelectMany(value => new byte[] { 0, 0, 0, (byte)(255 - value) })], tiff =>
        {
            tiff.SetField(TiffTag.ORIENTATION, orientation);
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, 4);
            tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.SEPARATED);
        });
        var decoded = Decode("k.tif");
        (decoded.Width, decoded.Height).Should().Be((3, 2));
        Enumerable.Range(0, 6).Select(i => (int)decoded.Colour(i).Green).Should().Equal(1, 2, 3, 4, 5, 6);
    }

    [Theory]
    [MemberData(nameof(Stored))]
    public void OfJpeg_IsThatOfItsExif(int orientation, int width, int[] stored)
    {
        // Blocks of 8×8 pixels, which JPEG keeps flat.
        _folder.Grey("p.jpg", 8 * width, 48 / width, (x, y) => (byte)(40 * stored[(y / 8 * width) + (x / 8)]));
        var bytes = File.ReadAllBytes(Path.Combine(_folder.FullName, "p.jpg"));
        _folder.Bytes("p.jpg", [0xff, 0xd8, 0xff, 0xe1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, .. bytes[2..]]);
        var upright = Decode("p.jpg");
        (upright.Width, upright.Height).Should().Be((24, 16));
        for (var i = 0; i < 6; i++)
        {
            upright.Colour((((i / 3 * 8) + 4) * 24) + (i % 3 * 8) + 4).Red.Should().BeApproximately(40 * (i + 1), 3, "block {0}", i);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void OfNoMeaning_IsUpright(int orientation)
    {
        _folder.Bytes("p.png", new HandMadePng(3, 2, 0, 8, [1, 2, 3, 4, 5, 6]) { Orientation = orientation }.Bytes());
        ShouldBeUpright(Decode("p.png"));
    }

    [Fact]
    public void Opacity_TurnsWithTheColours()
    {
        _folder.Bytes("p.png", new HandMadePng(2, 1, 4, 8, [1, 0, 2, 255]) { Orientation = 6 }.Bytes());
        var raster = Decode("p.png");
        (raster.Width, raster.Height).Should().Be((1, 2));
        raster.Samples.Should().Equal(1, 2);
        raster.Opacity.Should().Equal(0, 255);
    }

    private static void ShouldBeUpright(Raster raster)
    {
        (raster.Width, raster.Height).Should().Be((3, 2));
        raster.Samples.Should().Equal(1, 2, 3, 4, 5, 6);
    }

    private Raster Decode(string file) => PictureFile.Decode(Path.Combine(_folder.FullName, file));
}
