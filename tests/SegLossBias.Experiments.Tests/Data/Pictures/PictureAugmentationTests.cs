using SegLossBias.Experiments.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public class PictureAugmentationTests
{
    private const int Height = 40;
    private const int Width = 64;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Flips_AreInvolutionsThatMovePixelsToTheOtherSide(bool rows, bool columns)
    {
        using var scope = NewDisposeScope();
        var picture = arange(2 * 3 * 4, ScalarType.Byte).reshape(2, 3, 4);
        var change = new PictureChange(rows, columns);
        var flipped = PictureAugmentation.Flip(picture, change);
        flipped.Bytes().Should().Equal(Enumerable.Range(0, 24).Select(i =>
            picture[i / 12, rows ? 2 - (i / 4 % 3) : i / 4 % 3, columns ? 3 - (i % 4) : i % 4].item<byte>()));
        PictureAugmentation.Flip(flipped, change).Bytes().Should().Equal(picture.Bytes());
    }

    [Fact]
    public void RotationByNothing_IsTheIdentity()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = (rand([2, 3, Height, Width]) * 255, randint(0, 256, [2, Height, Width], dtype: ScalarType.Byte));
        var (rotated, rotatedLabels) = PictureAugmentation.Rotate(images, labels, [new(), new()]);
        (rotated - images).abs().max().item<float>().Should().BeLessThan(0.02f);
        rotatedLabels.Bytes().Should().Equal(labels.Bytes());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(-7.5)]
    public void Rotation_TurnsAboutTheCentreInPixelsAlsoOfWidePictures(double degrees)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Disc(44, 16);
        var (_, rotated) = PictureAugmentation.Rotate(images, labels, [new(Degrees: degrees)]);
        var angle = degrees * Math.PI / 180;
        var (x, y) = (44.5 - (Width / 2.0), 16.5 - (Height / 2.0));
        var expected = (X: (x * Math.Cos(angle)) + (y * Math.Sin(angle)), Y: (y * Math.Cos(angle)) - (x * Math.Sin(angle)));
        var mask = rotated.Bytes();
        var places = Enumerable.Range(0, Height * Width).Where(i => mask[i] == 1).ToArray();
        places.Average(i => (i % Width) + 0.5 - (Width / 2.0)).Should().BeApproximately(expected.X, 0.3);
        places.Average(i => (i / Width) + 0.5 - (Height / 2.0)).Should().BeApproximately(expected.Y, 0.3);
        ((double)places.Length).Should().BeApproximately(labels.sum().item<long>(), 8, "a rotation keeps areas");
    }

    [Theory]
    [InlineData(12, 44, 16)]
    [InlineData(-15, 4, 4)]
    [InlineData(15, 60, 36)]
    public void RotatedLabels_LieOnTheRotatedPictureAlsoWhereTheBorderIsReflected(double degrees, int x, int y)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Disc(x, y);
        var (picture, mask) = PictureAugmentation.Rotate(images, labels, [new(Degrees: degrees)]);
        var bright = picture.Floats().Select(value => value > 127.5f).ToArray();
        var labelled = mask.Bytes().Select(label => label == 1).ToArray();
        var both = bright.Zip(labelled).Count(pair => pair.First && pair.Second);
        var dice = 2.0 * both / (bright.Count(flag => flag) + labelled.Count(flag => flag));
        dice.Should().BeGreaterThan(0.9);
    }

    [Fact]
    public void RotatedLabels_AreLabelsThatWereThere()
    {
        using var scope = NewDisposeScope();
        byte[] known = [0, 3, 18, 255];
        var random = new Random(5);
        var labels = tensor(Enumerable.Range(0, Height * Width).Select(_ => known[random.Next(4)]).ToArray(), [1, Height, Width]);
        var (_, rotated) = PictureAugmentation.Rotate(zeros([1, 1, Height, Width]), labels, [new(Degrees: 11)]);
        rotated.dtype.Should().Be(ScalarType.Byte);
        rotated.Bytes().Distinct().Order().Should().Equal(known);
    }

    [Fact]
    public void Recolour_FollowsItsFormula()
    {
        using var scope = NewDisposeScope();
        var images = rand([3, 3, 5, 4]) * 255;
        PictureChange[] changes = [new(Brightness: 0.1, Contrast: 1.2, Gamma: 0.8), new(Brightness: -0.1, Contrast: 0.8, Gamma: 1.3), new(Brightness: -0.15, Contrast: 1.2, AboutMean: false)];
        var recoloured = PictureAugmentation.Recolour(images, changes).Floats();
        var values = images.Floats();
        for (var i = 0; i < values.Length; i++)
        {
            var change = changes[i / 60];
            var mean = values.Skip(60 * (i / 60)).Take(60).Average(value => value / 255.0);
            var pivot = change.AboutMean ? mean : 0;
            var moved = Math.Clamp((change.Contrast * ((values[i] / 255.0) - pivot)) + pivot + change.Brightness, 0, 1);
            recoloured[i].Should().BeApproximately((float)(255 * Math.Pow(moved, change.Gamma)), 0.01f);
        }
    }

    [Fact]
    public void Changes_AreDrawnFromTheirRangesAndIndependentOfNeighbours()
    {
        var changes = Enumerable.Range(0, 4000).Select(i => PictureChange.Draw(AugmentationKind.Full, 1, 1 + (i / 400), i % 400)).ToArray();
        changes.Should().OnlyHaveUniqueItems().And.AllSatisfy(change =>
        {
            change.Degrees.Should().BeInRange(-15, 15);
            change.Brightness.Should().BeInRange(-0.1, 0.1);
            change.Contrast.Should().BeInRange(0.8, 1.2);
            Math.Log(change.Gamma).Should().BeInRange(-0.3001, 0.3001);
        });

        // Standard deviation of a mean of 4000 fair coins: 0.008. Of 4000 uniform angles: 0.14°.
        changes.Average(change => change.FlipRows ? 1.0 : 0).Should().BeApproximately(0.5, 0.04);
        changes.Average(change => change.FlipColumns ? 1.0 : 0).Should().BeApproximately(0.5, 0.04);
        changes.Average(change => change.FlipRows == change.FlipColumns ? 1.0 : 0).Should().BeApproximately(0.5, 0.04);
        changes.Zip(changes.Skip(1)).Average(pair => pair.First.FlipRows == pair.Second.FlipRows ? 1.0 : 0).Should().BeApproximately(0.5, 0.04);
        changes.Average(change => change.Degrees).Should().BeApproximately(0, 0.7);
    }

    [Theory]
    [InlineData(AugmentationKind.Colour, 0.5)]
    [InlineData(AugmentationKind.Crop, 0)]
    internal void ColourAndCrop_ChangeHalfOfThePicturesInColourAndTurnNone(AugmentationKind kind, double flippedRows)
    {
        var changes = Enumerable.Range(0, 4000).Select(i => PictureChange.Draw(kind, 1, 1, i)).ToArray();
        changes.Should().AllSatisfy(change =>
        {
            (change.Degrees, change.Gamma).Should().Be((0, 1));
            change.Brightness.Should().BeInRange(-0.2, 0.2);
            change.Contrast.Should().BeInRange(0.8, 1.2);
            (change.Brightness == 0).Should().Be(change.Contrast == 1).And.Be(change.AboutMean);
        });
        changes.Average(change => change.Brightness == 0 ? 1.0 : 0).Should().BeApproximately(0.5, 0.04);
        changes.Max(change => change.Brightness).Should().BeGreaterThan(0.19);
        changes.Average(change => change.FlipRows ? 1.0 : 0).Should().BeApproximately(flippedRows, 0.04);
        changes.Average(change => change.FlipColumns ? 1.0 : 0).Should().BeApproximately(0.5, 0.04);
        changes.Select(change => change.CropRow).Distinct().Count().Should().Be(kind == AugmentationKind.Crop ? 4000 : 1);
    }

    [Fact]
    public void Crop_ReachesEveryPartAndNoPixelBeyond()
    {
        using var scope = NewDisposeScope();
        var picture = arange(7 * 9, ScalarType.Int64).reshape(1, 7, 9);
        var corners = new HashSet<long>();
        for (var i = 0; i <= 40; i++)
        {
            var part = PictureAugmentation.Crop(picture, new(CropRow: i / 40.0, CropColumn: (i * 7 % 41) / 40.0), 5, 6);
            part.shape.Should().Equal(1, 5, 6);
            var corner = part[0, 0, 0].item<long>();
            corners.Add(corner);
            part.Equals(picture[.., (int)(corner / 9)..((int)(corner / 9) + 5), (int)(corner % 9)..((int)(corner % 9) + 6)]).Should().BeTrue();
        }

        corners.Select(corner => (corner / 9, corner % 9)).Should().OnlyContain(corner => corner.Item1 <= 2 && corner.Item2 <= 3).And.HaveCount(12);
    }

    [Fact]
    public void Flips_ChangeNothingButSides() =>
        Enumerable.Range(0, 100).Select(i => PictureChange.Draw(AugmentationKind.Flips, 1, 1, i)).Distinct()
            .Should().BeEquivalentTo([new(), new(true), new(false, true), new PictureChange(true, true)]);

    /// <summary>A bright disc of radius 7 with its mask.</summary>
    private static (Tensor Images, Tensor Labels) Disc(int centreX, int centreY)
    {
        byte[] mask = [.. Enumerable.Range(0, Height * Width).Select(i =>
            Math.Pow((i % Width) - centreX, 2) + Math.Pow((i / Width) - centreY, 2) <= 49 ? (byte)1 : (byte)0)];
        return (tensor(mask.Select(label => 255f * label).ToArray(), [1, 1, Height, Width]), tensor(mask, [1, Height, Width]));
    }
}
