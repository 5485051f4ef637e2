using CsCheck;
using SegLossBias.Experiments.Tests.Support;
using TorchSharp;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public class PicturePlanesTests
{
    [Fact]
    public void EightBits_KeepColoursInTheirPlaces()
    {
        using var folder = new PictureFolder();
        folder.Colour("picture.png", 40, 20, (x, y) => (x < 20 ? (byte)200 : (byte)0, y < 10 ? (byte)100 : (byte)0, 50));
        var planes = PicturePlanes.Of(PictureFile.Decode(Path.Combine(folder.FullName, "picture.png")), 4, 12).Bytes!;
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

    [Theory]
    [InlineData(16, false, new float[] { 0, 11, 707, 333 })]
    [InlineData(32, true, new float[] { -1024, 0.5f, 3000, 7 })]
    public void DeeperPictures_KeepAllTheirLevels_FromTheLeastToTheLargest(int bits, bool isScaleFree, float[] stored)
    {
        var planes = PicturePlanes.Of(new Raster(2, 2, 1, bits, stored) { IsScaleFree = isScaleFree }, 2, 2);
        var (least, range) = ((double)stored.Min(), (double)stored.Max() - stored.Min());
        planes.Deep![..4].Zip(stored, (deep, value) => deep - (255 * (value - least) / range)).Should().AllSatisfy(gap => gap.Should().BeApproximately(0, 1e-4));
        (planes.IsGrey, planes.Deep!.Length).Should().Be((true, 12), "three equal planes of four pixels");
        using var image = planes.ToTensor(1, isDeep: true);
        image.dtype.Should().Be(torch.ScalarType.Float32);
        image.shape.Should().Equal(1, 2, 2);
    }

    [Theory]
    [InlineData(1, 1, 255)]
    [InlineData(2, 2, 170)]
    [InlineData(4, 3, 51)]
    public void LowDepths_AreStretchedToBytes(int bits, float stored, byte expected) =>
        PicturePlanes.Of(new Raster(1, 1, 1, bits, [stored]), 1, 1).Bytes.Should().Equal(expected, expected, expected);

    [Fact]
    public void Transparency_LiesOnBlack() =>
        PicturePlanes.Of(new Raster(3, 1, 1, 8, [200, 200, 200]) { Opacity = [0, 51, 255] }, 1, 3).Bytes![..3].Should().Equal(0, 40, 200);

    [Fact]
    public void WhatIsNotFinite_IsRefused() => FluentActions.Invoking(() => PicturePlanes.Of(new Raster(1, 1, 1, 32, [float.NaN]) { IsScaleFree = true }, 1, 1))
        .Should().Throw<InvalidPictureException>().WithMessage("has a pixel that is not a finite number");

    [Fact]
    public void ADeepPictureWithoutRange_IsBlack() =>
        PicturePlanes.Of(new Raster(1, 1, 1, 16, [500]), 1, 1).Deep.Should().Equal(0, 0, 0);

    [Fact]
    public void TheTriangleFilter_IsTheWeightedMeanOfItsFormula() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 20], Gen.Int[1, 20], Gen.Float[-5, 5].Array[81]).Sample((oldHeight, oldWidth, height, width, values) =>
        {
            var resized = TriangleFilter.Resize(values[..(oldHeight * oldWidth)], (oldHeight, oldWidth), height, width);
            for (var i = 0; i < resized.Length; i++)
            {
                var (sum, weights) = (0.0, 0.0);
                for (var j = 0; j < oldHeight * oldWidth; j++)
                {
                    var weight = Weight(i / width, height, j / oldWidth, oldHeight) * Weight(i % width, width, j % oldWidth, oldWidth);
                    (sum, weights) = (sum + (weight * values[j]), weights + weight);
                }

                resized[i].Should().BeApproximately((float)(sum / weights), 1e-5f);
            }

            static double Weight(int to, int length, int from, int old)
            {
                var scale = (double)old / length;
                return Math.Max(0, 1 - (Math.Abs(from + 0.5 - ((to + 0.5) * scale)) / Math.Max(1, scale)));
            }
        }, iter: 100, threads: 1);
}
