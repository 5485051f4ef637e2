using BitMiracle.LibTiff.Classic;
using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public sealed class TiffReaderTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SampleFormat.UINT, 1, new byte[] { 0b1010_0000, 0b0100_0000 }, new float[] { 1, 0, 1, 0, 1, 0 })]
    [InlineData(SampleFormat.UINT, 2, new byte[] { 0b0001_1000, 0b1100_0100 }, new float[] { 0, 1, 2, 3, 0, 1 })]
    [InlineData(SampleFormat.UINT, 4, new byte[] { 0x0f, 0x10, 0x23, 0x40 }, new float[] { 0, 15, 1, 2, 3, 4 })]
    [InlineData(SampleFormat.UINT, 8, new byte[] { 0, 1, 2, 253, 254, 255 }, new float[] { 0, 1, 2, 253, 254, 255 })]
    [InlineData(SampleFormat.INT, 8, new byte[] { 0, 1, 2, 253, 254, 255 }, new float[] { 0, 1, 2, -3, -2, -1 })]
    public void SmallNumbers_AreAsStored(SampleFormat format, int bits, byte[] bytes, float[] expected)
    {
        _folder.TiffOf("t.tif", 3, 2, bits, bytes, tiff => tiff.SetField(TiffTag.SAMPLEFORMAT, format));
        Decode().Samples.Should().Equal(expected);
    }

    [Theory]
    [InlineData(Compression.NONE)]
    [InlineData(Compression.LZW)]
    [InlineData(Compression.ADOBE_DEFLATE)]
    public void LargeNumbers_AreAsStored(Compression compression)
    {
        void Check<T>(SampleFormat format, int bits, T[] values, Func<T, byte[]> bytes)
        {
            _folder.TiffOf("t.tif", 3, 1, bits, [.. values.SelectMany(bytes)], tiff =>
            {
                tiff.SetField(TiffTag.SAMPLEFORMAT, format);
                tiff.SetField(TiffTag.COMPRESSION, compression);
            });
            Decode().Samples.Should().Equal(values.Select(value => Convert.ToSingle(value)), "{0} {1}", format, bits);
        }

        Check<ushort>(SampleFormat.UINT, 16, [0, 707, 65535], BitConverter.GetBytes);
        Check<short>(SampleFormat.INT, 16, [-1024, 707, 32767], BitConverter.GetBytes);
        Check<uint>(SampleFormat.UINT, 32, [0, 254, 16777216], BitConverter.GetBytes);
        Check(SampleFormat.INT, 32, [0, -254, 16777216], BitConverter.GetBytes);
        Check<float>(SampleFormat.IEEEFP, 32, [0.25f, -1e30f, 3], BitConverter.GetBytes);
        Check<double>(SampleFormat.IEEEFP, 64, [0.25, -1e30, 3], BitConverter.GetBytes);
    }

    [Fact]
    public void TilesAndSeparatePlanes_GiveTheSameNumbers()
    {
        var stored = Enumerable.Range(0, 20 * 18 * 3).Select(i => (ushort)(i * 61)).ToArray();
        _folder.TiffOf("t.tif", 20, 18, 16, [.. stored.SelectMany(BitConverter.GetBytes)], tiff =>
        {
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, 3);
            tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.RGB);
        });
        Decode().Samples.Should().Equal(stored.Select(value => (float)value));

        foreach (var planes in (int[])[1, 3])
        {
            using (var tiff = BitMiracle.LibTiff.Classic.Tiff.Open(Path.Combine(_folder.FullName, "t.tif"), "w"))
            {
                PictureFolder.Describe(tiff, 20, 18, 16);
                tiff.SetField(TiffTag.SAMPLESPERPIXEL, 3);
                tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.RGB);
                tiff.SetField(TiffTag.PLANARCONFIG, planes == 3 ? PlanarConfig.SEPARATE : PlanarConfig.CONTIG);
                tiff.SetField(TiffTag.TILEWIDTH, 16);
                tiff.SetField(TiffTag.TILELENGTH, 16);
                for (var plane = 0; plane < planes; plane++)
                {
                    foreach (var (left, top) in new[] { (0, 0), (16, 0), (0, 16), (16, 16) })
                    {
                        ushort At(int x, int y, int channel) => x < 20 && y < 18 ? stored[(((y * 20) + x) * 3) + channel] : (ushort)0;
                        var tile = from y in Enumerable.Range(top, 16) from x in Enumerable.Range(left, 16) from i in Enumerable.Range(0, 3 / planes) select At(x, y, plane + i);
                        tiff.WriteTile([.. tile.SelectMany(BitConverter.GetBytes)], left, top, 0, (short)plane);
                    }
                }
            }

            Decode().Samples.Should().Equal(stored.Select(value => (float)value), "{0} planes", planes);
        }
    }

    [Fact]
    public void MinIsWhite_IsTurnedRound_AndAPaletteKeepsItsNumbers()
    {
        _folder.TiffOf("t.tif", 2, 1, 8, [0, 200], tiff => tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISWHITE));
        Decode().Samples.Should().Equal(255, 55);
        _folder.TiffOf("t.tif", 2, 1, 8, [3, 7], tiff =>
        {
            tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.PALETTE);
            short[] Map(int factor) => [.. Enumerable.Range(0, 256).Select(i => unchecked((short)(ushort)(256 * i * factor % 65536)))];
            tiff.SetField(TiffTag.COLORMAP, Map(1), Map(2), Map(3));
        });
        Decode().Samples.Should().Equal(3, 7);
        Decode().Colour(1).Should().Be((7, 14, 21));
    }

    [Theory]
    [InlineData(ExtraSample.UNASSALPHA, 90)]
    [InlineData(ExtraSample.ASSOCALPHA, 180)]
    public void Alpha_IsKept_AndMultipliedColoursAreDivided(ExtraSample kind, float expected)
    {
        _folder.TiffOf("t.tif", 2, 1, 8, [90, 128, 10, 255], tiff =>
        {
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, 2);
            tiff.SetField(TiffTag.EXTRASAMPLES, 1, new[] { (short)kind });
        });
        var raster = Decode();
        raster.Samples[0].Should().BeApproximately(expected, 1);
        raster.Samples[1].Should().Be(10);
        raster.Opacity.Should().Equal(128, 255);
    }

    [Fact]
    public void SeveralPictures_AreRefused_ButNotSmallerCopies()
    {
        void Write(int pages, FileType kind)
        {
            using var tiff = BitMiracle.LibTiff.Classic.Tiff.Open(Path.Combine(_folder.FullName, "t.tif"), "w");
            for (var page = 0; page < pages; page++)
            {
                PictureFolder.Describe(tiff, 1, 1, 8);
                tiff.SetField(TiffTag.SUBFILETYPE, page == 0 ? 0 : kind);
                tiff.WriteScanline([(byte)page], 0);
                tiff.WriteDirectory();
            }
        }

        Write(3, FileType.PAGE);
        Refusal().Should().Be("holds 3 pictures; save the one that counts as a file of its own");
        Write(3, FileType.REDUCEDIMAGE);
        Decode().Samples.Should().Equal(0);
        _folder.TiffOf("t.tif", 1, 1, 8, [9], tiff => tiff.SetField(TiffTag.IMAGEDESCRIPTION, "ImageJ=1.53\nimages=40\nslices=40\n"));
        Refusal().Should().Be("holds a stack of ImageJ; save the slice that counts as a file of its own");
        _folder.TiffOf("t.tif", 1, 1, 8, [9], tiff => tiff.SetField(TiffTag.IMAGEDESCRIPTION, "ImageJ=1.53\nimages=1\n"));
        Decode().Samples.Should().Equal(9);
    }

    [Fact]
    public void ChannelsThatAreNoColours_AreRefusedForTheirReason()
    {
        _folder.TiffOf("t.tif", 1, 1, 16, new byte[8], tiff => tiff.SetField(TiffTag.SAMPLESPERPIXEL, 4));
        Refusal().Should().Be("has 4 samples of 16 bits (UINT, MINISBLACK) per pixel; save it as grey or RGB, with 8 or 16 bits or as float32");
    }

    private Raster Decode() => PictureFile.Decode(Path.Combine(_folder.FullName, "t.tif"));

    private string Refusal() => FluentActions.Invoking(Decode).Should().Throw<InvalidPictureException>().Which.Message;
}
