using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>Folders of pictures that were read wrongly once, with what is right.</summary>
public class FoundPicturesTests
{
    private readonly List<string> _leftOut = [];

    [Fact]
    public void AMaskOf16Bits_HasItsClassNumbers()
    {
        using var splits = FoundCases.Load("png16", _leftOut, 8, 8);
        _leftOut.Should().BeEmpty();
        var labels = splits.Find()!.Labels.Bytes();
        Enumerable.Range(0, 3).Select(label => labels.Count(value => value == label)).Should().Equal(24, 24, 16);
    }

    [Fact]
    public void AJpegWithAnOrientation_IsTurnedUpright()
    {
        using var splits = FoundCases.Load("exif3", _leftOut, 8, 8);
        _leftOut.Should().BeEmpty();
        var item = splits.Find()!;
        var (red, labels) = (item.Image.Bytes()[..64], item.Labels.Bytes());
        for (var i = 0; i < 64; i++)
        {
            (red[i] > 128).Should().Be(labels[i] > 0, "the red object is where its mask is, at pixel {0}", i);
        }
    }

    [Fact]
    public void AWhiteMaskOnATransparentBackground_IsForegroundWhereItIsSeen()
    {
        using var splits = FoundCases.Load("alpha1", _leftOut, 8, 8);
        _leftOut.Should().BeEmpty();
        splits.Find()!.Labels.Bytes().Count(label => label == 1).Should().Be(32);
    }

    [Fact]
    public void ATiffOfThreePages_IsLeftOutForThat()
    {
        using var splits = FoundCases.Load("tifpages", _leftOut, 8, 8);
        splits.Find().Should().BeNull();
        _leftOut.Should().Equal("images/t.tif: holds 3 pictures; save the one that counts as a file of its own");
    }
}
