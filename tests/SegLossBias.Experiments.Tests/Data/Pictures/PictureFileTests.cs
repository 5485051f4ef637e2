using CsCheck;
using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public class PictureFileTests
{
    [Fact]
    public void ResizingMasks_NeverInventsValues() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Byte.Array[400]).Sample((width, height, toWidth, toHeight, values) =>
        {
            using var mask = PictureFile.Empty(width, height);
            var rgba = mask.GetPixelSpan().ToArray();
            for (var i = 0; i < width * height; i++)
            {
                (rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2], rgba[(4 * i) + 3]) = (values[i], values[i], values[i], 255);
            }

            System.Runtime.InteropServices.Marshal.Copy(rgba, 0, mask.GetPixels(), rgba.Length);
            var resized = PictureFile.MaskValues(mask, toHeight, toWidth);
            resized.Should().BeSubsetOf(values.Take(width * height));
            PictureFile.MaskValues(mask, height, width).Should().Equal(values.Take(width * height));
            PictureFile.LargestValue(mask).Should().Be(values.Take(width * height).Max());
            PictureFile.ValuesOf(mask).Should().Equal(values.Take(width * height).Distinct().Order());
        }, iter: 200);

    [Fact]
    public void ResizingMasks_TakesTheNearestPixelCentre()
    {
        using var folder = new PictureFolder();
        folder.Grey("mask.png", 6, 3, (x, y) => (byte)((10 * y) + x));
        using var mask = PictureFile.Decode(Path.Combine(folder.FullName, "mask.png"))!;
        PictureFile.MaskValues(mask, 1, 2).Should().Equal(11, 14);
        PictureFile.MaskValues(mask, 3, 12).Take(12).Should().Equal(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5);
    }

    [Fact]
    public void ResizingPictures_KeepsColoursInTheirPlaces()
    {
        using var folder = new PictureFolder();
        folder.Colour("picture.png", 40, 20, (x, y) => (x < 20 ? (byte)200 : (byte)0, y < 10 ? (byte)100 : (byte)0, 50));
        using var picture = PictureFile.Decode(Path.Combine(folder.FullName, "picture.png"))!;
        var planes = PictureFile.Pixels(picture, 4, 12);
        var expected = Enumerable.Range(0, 3).SelectMany(channel => Enumerable.Range(0, 48).Select(i => (channel, X: i % 12, Y: i / 12))).Select(
            at => at.channel switch { 0 => at.X < 6 ? 200 : 0, 1 => at.Y < 2 ? 100 : 0, _ => 50 }).ToArray();
        for (var i = 0; i < planes.Length; i++)
        {
            if (i % 12 is not (5 or 6) && i / 12 % 4 is not (1 or 2))
            {
                ((int)planes[i]).Should().BeCloseTo(expected[i], 2, "plane {0}, pixel {1}", i / 48, i % 48);
            }
        }
    }

    [Fact]
    public void AHugeClaimedSize_IsNotDecoded() => PictureFile.IsAllowed(1 << 20, 1 << 20).Should().Be(false);
}
