using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>What the settings do to the pictures of any layout: lists and shares of a split, fit, crop, encoder.</summary>
public sealed class PictureSettingsTests : IDisposable
{
    private readonly PictureFolder _folder = new();
    private readonly List<string> _leftOut = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SplitLists_SayWhichPictureIsWhereWhateverTheirExtension()
    {
        foreach (var name in Names(6))
        {
            Pair($"images/{name}.jpg", $"masks/{name}.jpg");
        }

        _folder.Text("split_paper_train.txt", "p1", "p2", "p4");
        _folder.Text("split_paper_val.txt", "p3.jpg", "", "gone.jpg");
        _folder.Text("split_paper_test.txt", " p5 ");
        using var splits = DataLayouts.Load(Settings("Kvasir") with { Split = "paper" }, _leftOut);
        splits.Train.Select(item => item.Name).Should().Equal("p1", "p2", "p4");
        splits.Validation.Select(item => item.Name).Should().Equal("p3");
        splits.Test.Select(item => item.Name).Should().Equal("p5");
        splits.Origin.Should().Contain("train, validation, test in split_paper_*.txt");
        _leftOut.Should().Equal("split_paper_val.txt: there is no picture gone", "images/p6.jpg: in none of the lists");
    }

    [Fact]
    public void SplitListsThatThereAreNot_AreAnErrorThatNamesThoseThereAre()
    {
        Pair("images/p1.jpg", "masks/p1.jpg");
        _folder.Text("split_official_train.txt", "p1");
        var load = () => DataLayouts.Load(Settings("Kvasir") with { Split = "paper" }, _leftOut);
        load.Should().Throw<UserError>().WithMessage("*split_paper_train.txt*split_official_train.txt*80/10/10*");
        _folder.Text("split_official_val.txt", "p1.jpg");
        load = () => DataLayouts.Load(Settings("Kvasir") with { Split = "official" }, _leftOut);
        load.Should().Throw<UserError>().WithMessage("*p1 is in split_official_train.txt and in split_official_val.txt*");
    }

    [Fact]
    public void Shares_DivideAllPicturesAndKeepSequencesTogether()
    {
        foreach (var frame in Enumerable.Range(1, 100))
        {
            Pair($"Original/{frame}.png", $"Ground Truth/{frame}.png");
        }

        using var splits = DataLayouts.Load(Settings("CvcClinicDb") with { Split = "60/20/20" }, _leftOut);
        (splits.Train.Count + splits.Validation.Count + splits.Test.Count).Should().Be(100);
        splits.Test.Should().NotBeEmpty();
        new[] { splits.Train, splits.Validation, splits.Test }.SelectMany(part => part.Select(item => item.Group).Distinct()).Should().OnlyHaveUniqueItems().And.HaveCount(5);
        splits.Origin.Should().Contain("20 % of all pictures held out for validation and 20 % for the test, groups kept together");
    }

    [Fact]
    public void Padded_KeepsTheAspectAndIgnoresTheRest()
    {
        foreach (var name in Names(5))
        {
            _folder.Colour($"images/{name}.png", 16, 8, (_, _) => (200, 100, 50));
            _folder.Grey($"masks/{name}.png", 16, 8, (x, _) => x < 4 ? (byte)255 : (byte)0);
        }

        using var splits = DataLayouts.Load(Settings("Kvasir") with { Fit = FitKind.Pad }, _leftOut);
        splits.IgnoreIndex.Should().Be(255);
        splits.Train[0].Labels.Bytes().Should().Equal(
            Enumerable.Range(0, 64).Select(i => i is < 16 or >= 48 ? (byte)255 : i % 8 < 2 ? (byte)1 : (byte)0));
        splits.Train[0].Image.Bytes().Take(64).Should().Equal(Enumerable.Range(0, 64).Select(i => i is < 16 or >= 48 ? (byte)0 : (byte)200));
    }

    [Fact]
    public void PicturesToCrop_AreLargerToTrainOnAlone()
    {
        foreach (var name in Names(5))
        {
            Pair($"images/{name}.png", $"masks/{name}.png");
        }

        using var splits = DataLayouts.Load(Settings("Kvasir") with { Augmentation = AugmentationKind.Crop }, _leftOut);
        splits.Train.Should().AllSatisfy(item => item.Space.Should().Equal(10, 10));
        splits.Validation.Should().AllSatisfy(item => item.Space.Should().Equal(8, 8));
        splits.IgnoreIndex.Should().BeNull();
    }

    [Fact]
    public void AnEncoder_GetsThreeChannelsOfGreyPictures()
    {
        foreach (var name in Names(5))
        {
            _folder.Grey($"images/{name}.png", 8, 8, (x, _) => (byte)(20 * x));
            _folder.Grey($"masks/{name}.png", 8, 8, (x, _) => x < 4 ? (byte)255 : (byte)0);
        }

        using var grey = DataLayouts.Load(Settings("Kvasir"), _leftOut);
        using var coloured = DataLayouts.Load(Settings("Kvasir") with { Encoder = EncoderKind.ResNet18 }, _leftOut);
        (grey.Channels, coloured.Channels).Should().Be((1, 3));
    }

    private ExperimentSettings Settings(string layout) => SomeSettings.OnPictures(layout, _folder.FullName, 8, 8);

    private static IEnumerable<string> Names(int count) => Enumerable.Range(1, count).Select(i => $"p{i}");

    /// <summary>A picture of 8×8 pixels with its left half as foreground.</summary>
    private void Pair(string image, string mask)
    {
        _folder.Colour(image, 8, 8, (x, y) => ((byte)(30 * x), 60, (byte)(20 * y)));
        _folder.Grey(mask, 8, 8, (x, y) => x < 4 ? (byte)255 : (byte)0);
    }
}
