using BitMiracle.LibTiff.Classic;
using CsCheck;
using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>Whatever a file holds, it is read, or refused with a reason, within bounded memory.</summary>
public sealed class DamagedPicturesTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jpeg")]
    [InlineData("lzw")]
    [InlineData("float")]
    [InlineData("tiles")]
    [InlineData("palette")]
    public void DamagedBytes_AreRefusedOrRead(string kind)
    {
        var good = Good(kind);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte[1, 255], Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 3]).Sample((at, change, other, also, cut) =>
        {
            byte[] damaged = cut == 0 ? good[..at] : [.. good];
            if (cut > 0)
            {
                damaged[at] ^= change;
                damaged[other] ^= also;
            }

            _folder.Bytes("damaged.xyz", damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var raster = PictureFile.Decode(Path.Combine(_folder.FullName, "damaged.xyz"));
                raster.Samples.Should().HaveCount(raster.Width * raster.Height * raster.Channels);
            }
            catch (InvalidPictureException refused)
            {
                refused.Message.Should().NotBeEmpty().And.NotContain("\n");
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100_000_000);
        }, iter: 250, threads: 1);
    }

    private byte[] Good(string kind)
    {
        switch (kind)
        {
            case "jpeg":
                _folder.Colour("good.jpg", 24, 16, (x, y) => ((byte)(10 * x), (byte)(15 * y), 99));
                return File.ReadAllBytes(Path.Combine(_folder.FullName, "good.jpg"));
            case "lzw":
                _folder.Tiff("good.tif", 24, 16, 3, (x, y, channel) => (byte)((x * y) + channel));
                break;
            case "float":
                _folder.TiffOf("good.tif", 8, 4, 32, [.. Enumerable.Range(0, 32).SelectMany(i => BitConverter.GetBytes(i / 7f))], tiff => tiff.SetField(TiffTag.SAMPLEFORMAT, SampleFormat.IEEEFP));
                break;
            case "palette":
                _folder.TiffOf("good.tif", 8, 4, 4, [.. Enumerable.Range(0, 16).Select(i => (byte)(i * 16))], tiff =>
                {
                    tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.PALETTE);
                    tiff.SetField(TiffTag.COLORMAP, new short[16], new short[16], new short[16]);
                });
                break;
            default:
                using (var tiff = BitMiracle.LibTiff.Classic.Tiff.Open(Path.Combine(_folder.FullName, "good.tif"), "w"))
                {
                    PictureFolder.Describe(tiff, 20, 18, 16);
                    tiff.SetField(TiffTag.TILEWIDTH, 16);
                    tiff.SetField(TiffTag.TILELENGTH, 16);
                    foreach (var (left, top) in new[] { (0, 0), (16, 0), (0, 16), (16, 16) })
                    {
                        tiff.WriteTile(new byte[512], left, top, 0, 0);
                    }
                }

                break;
        }

        return File.ReadAllBytes(Path.Combine(_folder.FullName, "good.tif"));
    }
}
