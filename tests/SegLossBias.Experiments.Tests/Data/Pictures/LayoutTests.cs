using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public sealed class LayoutTests : IDisposable
{
    private readonly PictureFolder _folder = new();
    private readonly List<string> _leftOut = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kvasir_ReadsJpegsAndThresholdsTheNoiseOfTheirMasks()
    {
        foreach (var name in Names(10))
        {
            _folder.Colour($"images/{name}.jpg", 24, 16, (x, y) => ((byte)(10 * x), (byte)(9 * y), 90));
            _folder.Grey($"masks/{name}.jpg", 24, 16, (x, y) => x is >= 8 and < 16 ? (byte)250 : (byte)4);
        }

        using var splits = Load("Kvasir", 16, 24);
        splits.Classes.Should().Equal("background", "polyp");
        splits.Channels.Should().Be(3);
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count).Should().Be((8, 2, 0));
        var labels = splits.Train[0].Labels.Bytes();
        labels.Should().Equal(Enumerable.Range(0, 16 * 24).Select(i => i % 24 is >= 8 and < 16 ? (byte)1 : (byte)0));
        _leftOut.Should().BeEmpty();
    }

    [Fact]
    public void CvcClinicDb_ReadsTiffAsPublishedAndKeepsVideoSequencesTogether()
    {
        int[] frames = [1, 25, 26, 50, 51, 67, 68, 69, 592, 612];
        foreach (var frame in frames)
        {
            _folder.Tiff($"Original/{frame}.tif", 12, 8, 3, (x, y, channel) => (byte)((20 * x) + channel));
            _folder.Tiff($"Ground Truth/{frame}.tif", 12, 8, 1, (x, y, channel) => y < 4 ? (byte)255 : (byte)0);
        }

        using var splits = Load("CvcClinicDb", 8, 12);
        var validation = splits.Validation.Select(item => item.Name).Order(StringComparer.Ordinal).ToArray();
        string[][] sequences = [["1", "25"], ["26", "50"], ["51", "67"], ["68", "69"], ["592", "612"]];
        sequences.Should().ContainSingle(sequence => sequence.Order(StringComparer.Ordinal).SequenceEqual(validation));
        splits.Train.Should().HaveCount(8);
        splits.Train.Concat(splits.Validation).Should().AllSatisfy(item => item.Group.Should().StartWith("sequence "));
        splits.Train[0].Image.Bytes().Should().Equal(
            Enumerable.Range(0, 3 * 8 * 12).Select(i => (byte)((20 * (i % 12)) + (i / 96))));
        splits.Train[0].Labels.Bytes().Should().Equal(Enumerable.Range(0, 96).Select(i => i < 48 ? (byte)1 : (byte)0));
    }

    [Fact]
    public void CvcClinicDb_ReadsPngAsRedistributedAndGroupsAsAsked()
    {
        foreach (var name in new[] { "10", "11", "20", "21", "30", "31" })
        {
            Pair($"Original/{name}.png", $"Ground Truth/{name}.png");
        }

        using var splits = DataLayouts.Load(
            SomeSettings.OnPictures("CvcClinicDb", _folder.FullName) with { Group = "^(.)" }, _leftOut);
        splits.Train.Concat(splits.Validation).Should().AllSatisfy(item => item.Group.Should().Be(item.Name[..1]));
        (splits.Train.Count, splits.Validation.Count).Should().Be((4, 2), "of three tens, although the first two are one sequence");
        splits.Validation.Select(item => item.Name[0]).Distinct().Should().HaveCount(1);
    }

    [Fact]
    public void RetinalLesions_UnitesTheLesionsOfAPictureAndFollowsItsLists()
    {
        const string Masks = "lesion_segs_896x896";
        string[] ids = ["10_left", "10_right", "11_left", "12_left"];
        foreach (var id in ids)
        {
            _folder.Colour($"images_896x896/{id}.jpg", 8, 8, (x, y) => (200, 100, 50));
        }

        _folder.Grey($"{Masks}/10_left/microaneurysm.png", 8, 8, (x, y) => x == 0 ? (byte)255 : (byte)0);
        _folder.Grey($"{Masks}/10_left/hard_exudate.png", 8, 8, (x, y) => y == 0 ? (byte)127 : (byte)0);
        _folder.Grey($"{Masks}/11_left/hard_exudate.png", 8, 8, (x, y) => (byte)255);
        _folder.Text("train.txt", "10_left", "12_left", "", "99_left");
        _folder.Text("val.txt", "11_left", "10_left");

        using var splits = Load("RetinalLesions");
        splits.Classes.Should().Equal("background", "lesion");
        splits.Train.Select(item => item.Name).Should().Equal("10_left", "12_left");
        splits.Validation.Select(item => item.Name).Should().Equal("11_left");
        splits.Train[0].Labels.Bytes().Should().Equal(Enumerable.Range(0, 64).Select(i => i % 8 == 0 || i / 8 == 0 ? (byte)1 : (byte)0));
        splits.Train[1].Labels.Bytes().Should().OnlyContain(label => label == 0);
        _leftOut.Should().BeEquivalentTo(
            "train.txt: there is no picture 99_left", "val.txt: 10_left is listed twice", "images_896x896/10_right.jpg: in none of the lists");
    }

    [Fact]
    public void RetinalLesions_WithoutListsKeepsBothEyesOfAPatientTogether()
    {
        for (var patient = 1; patient <= 5; patient++)
        {
            foreach (var eye in new[] { "left", "right" })
            {
                Pair($"images_896x896/{patient}_{eye}.jpg", $"lesion_segs_896x896/{patient}_{eye}/hard_exudate.png");
            }
        }

        using var splits = Load("RetinalLesions");
        splits.Validation.Should().HaveCount(2);
        splits.Validation.Select(item => item.Name.Split('_')[0]).Distinct().Should().HaveCount(1);
    }

    [Fact]
    public void Cityscapes_MapsLabelIdsToTheEvaluatedClasses()
    {
        // Written down from the data set's own table: id and train id of each class, everything else ignored.
        var trainIds = new Dictionary<int, byte>
        {
            [7] = 0, [8] = 1, [11] = 2, [12] = 3, [13] = 4, [17] = 5, [19] = 6, [20] = 7, [21] = 8, [22] = 9, [23] = 10, [24] = 11,
            [25] = 12, [26] = 13, [27] = 14, [28] = 15, [31] = 16, [32] = 17, [33] = 18,
        };
        foreach (var (split, city, name) in new[] { ("train", "aachen", "aachen_0_0"), ("train", "bochum", "bochum_0_0"), ("val", "lindau", "lindau_0_0") })
        {
            _folder.Colour($"leftImg8bit/{split}/{city}/{name}_leftImg8bit.png", 16, 16, (x, y) => ((byte)x, (byte)y, 7));
            _folder.Grey($"gtFine/{split}/{city}/{name}_gtFine_labelIds.png", 16, 16, (x, y) => (byte)((16 * y) + x));
            _folder.Grey($"gtFine/{split}/{city}/{name}_gtFine_instanceIds.png", 16, 16, (x, y) => 1);
            _folder.Text($"gtFine/{split}/{city}/{name}_gtFine_polygons.json", "{}");
        }

        using var splits = Load("Cityscapes", 16, 16);
        splits.Train.Select(item => item.Name).Should().Equal("aachen_0_0", "bochum_0_0");
        splits.Validation.Select(item => item.Name).Should().Equal("lindau_0_0");
        splits.IgnoreIndex.Should().Be(255);
        splits.Classes.Should().HaveCount(19).And.HaveElementAt(0, "road").And.HaveElementAt(13, "car").And.HaveElementAt(18, "bicycle");
        splits.Train[0].Labels.Bytes().Should().Equal(Enumerable.Range(0, 256).Select(id => trainIds.GetValueOrDefault(id, (byte)255)));
        _leftOut.Should().BeEmpty();
    }

    [Fact]
    public void Cityscapes_LeavesOutPicturesWithoutAnyEvaluatedPixel()
    {
        foreach (var (split, name, id) in new[] { ("train", "a_0", 7), ("train", "a_1", 8), ("train", "a_2", 3), ("val", "b_0", 7) })
        {
            _folder.Colour($"leftImg8bit/{split}/city/{name}_leftImg8bit.png", 8, 8, (x, y) => ((byte)x, 0, 0));
            _folder.Grey($"gtFine/{split}/city/{name}_gtFine_labelIds.png", 8, 8, (x, y) => (byte)id);
        }

        using var splits = Load("Cityscapes");
        splits.Train.Select(item => item.Name).Should().Equal("a_0", "a_1");
        _leftOut.Should().Equal("leftImg8bit/train/city/a_2_leftImg8bit.png: its mask has no labelled pixel");
    }

    [Fact]
    public void Cityscapes_HasNoBackground_SoThatRoadAloneIsEnough()
    {
        foreach (var (split, name) in new[] { ("train", "a_0"), ("train", "a_1"), ("val", "b_0") })
        {
            _folder.Colour($"leftImg8bit/{split}/city/{name}_leftImg8bit.png", 8, 8, (x, y) => ((byte)x, 0, 0));
            _folder.Grey($"gtFine/{split}/city/{name}_gtFine_labelIds.png", 8, 8, (x, y) => 7);
        }

        using var splits = Load("Cityscapes");
        splits.FirstMeasured.Should().Be(0);
        splits.Train.Should().HaveCount(2);
    }

    [Fact]
    public void ChaseDb1_ReadsTheFirstObserverAndKeepsBothEyesOfAChildTogether()
    {
        for (var child = 1; child <= 5; child++)
        {
            foreach (var eye in new[] { 'L', 'R' })
            {
                Pair($"Image_{child:D2}{eye}.jpg", $"Image_{child:D2}{eye}_1stHO.png");
                _folder.Grey($"Image_{child:D2}{eye}_2ndHO.png", 8, 8, (x, y) => 255);
            }
        }

        _folder.Grey("overview.png", 8, 8, (x, y) => 1);
        using var splits = Load("ChaseDb1");
        splits.Validation.Should().HaveCount(2);
        splits.Validation.Select(item => item.Name[..^1]).Distinct().Should().HaveCount(1);
        splits.Train.Should().AllSatisfy(item => item.Group.Should().Be(item.Name[..^1]));
        splits.Train[0].Labels.Bytes().Should().Equal(Enumerable.Range(0, 64).Select(i => i % 8 < 4 ? (byte)1 : (byte)0));
        _leftOut.Should().Equal("overview.png: named neither Image_NNX nor Image_NNX_1stHO");
    }

    [Fact]
    public void CamVid_HasElevenClassesAndIgnoresTheTwelfth()
    {
        foreach (var split in new[] { "train", "val", "test" })
        {
            foreach (var name in Names(split == "train" ? 3 : 1))
            {
                _folder.Colour($"{split}/{name}.jpg", 12, 4, (x, y) => ((byte)(20 * x), 60, (byte)(40 * y)));
                _folder.Grey($"{split}annot/{name}.png", 12, 4, (x, _) => (byte)x);
            }
        }

        using var splits = Load("CamVid", 4, 12);
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count, splits.FirstMeasured, splits.IgnoreIndex).Should().Be((3, 1, 1, 0, 255L));
        splits.Classes.Should().HaveCount(11).And.StartWith("sky").And.EndWith("bicyclist");
        splits.Test[0].Labels.Bytes().Take(12).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255);
        splits.Origin.Should().Contain("train, validation, test as given");
    }

    [Fact]
    public void ColouredMasks_OfLayoutsWithClassNumbers_AreLeftOut_AndPalettesGiveTheirNumbers()
    {
        byte[] palette = [.. Enumerable.Range(0, 36).Select(i => (byte)(5 * i))];
        foreach (var (name, split) in new[] { ("a", "train"), ("b", "train"), ("red", "train"), ("c", "val"), ("d", "test") })
        {
            Pair($"{split}/{name}.png", $"{split}annot/{name}.png");
            _folder.Bytes($"{split}annot/{name}.png", new HandMadePng(8, 8, 3, 4, [.. Enumerable.Range(0, 64).Select(i => i % 8)]) { Palette = palette }.Bytes());
        }

        _folder.Colour("trainannot/red.png", 8, 8, (x, y) => (9, 0, 0));
        using var splits = Load("CamVid");
        splits.Train.Select(item => item.Name).Should().Equal("a", "b");
        splits.Train[0].Labels.Bytes()[..8].Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        _leftOut.Should().ContainSingle().Which.Should().StartWith("train/red.png: its mask red.png is coloured; ");
    }

    [Theory]
    [InlineData(255, "Original/b.png: its mask b.png has 16 bits, of which white is 65535, but no value above 255; save it with 8 bits")]
    [InlineData(65535, null)]
    public void MasksOf16Bits_OfLayoutsWithABrightness_AreReadByTheirOwnWhite(int bright, string? leftOut)
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            Pair($"Original/{name}.png", $"Ground Truth/{name}.png");
        }

        _folder.Bytes("Ground Truth/b.png", new HandMadePng(8, 8, 0, 16, [.. Enumerable.Range(0, 64).Select(i => i % 8 < 4 ? bright : bright / 3)]).Bytes());
        using var splits = Load("CvcClinicDb");
        _leftOut.Should().Equal(leftOut is null ? [] : new[] { leftOut });
        splits.Train.Concat(splits.Validation).Should().HaveCount(leftOut is null ? 4 : 3).And.AllSatisfy(item => item.Labels.Bytes()[..8].Should().Equal(1, 1, 1, 1, 0, 0, 0, 0));
    }

    [Fact]
    public void Generated_IsSquareAndHasALesionInEveryPicture()
    {
        var settings = SomeSettings.OnPictures("Generated", null, 16, 16);
        using var splits = DataLayouts.Load(settings, _leftOut);
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count).Should().Be((320, 96, 0));
        splits.Classes.Should().Equal("background", "lesion");
        splits.Train.Concat(splits.Validation).Select(item => Convert.ToHexString(item.Image.Bytes())).Should().OnlyHaveUniqueItems();
        splits.Train.Concat(splits.Validation).Where(item => !item.Labels.Bytes().Distinct().Order().SequenceEqual(new byte[] { 0, 1 }))
            .Should().BeEmpty("every picture has a lesion and a background");

        var wide = () => DataLayouts.Load(settings with { Size = [16, 32] }, _leftOut);
        wide.Should().Throw<UserError>().WithMessage("*16×32*");
    }

    [Theory]
    [InlineData("Folder", "images/ and masks/")]
    [InlineData("Kvasir", "images/ and masks/")]
    [InlineData("CvcClinicDb", "Original/ and Ground Truth/")]
    [InlineData("RetinalLesions", "images_896x896/ and lesion_segs_896x896/")]
    [InlineData("Cityscapes", "gtFine")]
    [InlineData("CamVid", "train/ and trainannot/ and val/ and valannot/ and test/ and testannot/")]
    [InlineData("ChaseDb1", "Image_NNX.jpg with Image_NNX_1stHO.png")]
    public void OtherLayout_IsAnErrorThatSaysWhatWasLookedForAndFound(string layout, string wanted)
    {
        _folder.Text("pictures/readme.txt", "none here");
        _folder.Text("notes.md", "none here either");
        var load = () => Load(layout);
        load.Should().Throw<UserError>().WithMessage($"*{_folder.FullName}*{layout}*{wanted}*found pictures/, notes.md");
    }

    private CaseSplits Load(string layout, int height = 8, int width = 8) => DataLayouts.Load(Settings(layout, height, width), _leftOut);

    private ExperimentSettings Settings(string layout, int height = 8, int width = 8) => SomeSettings.OnPictures(layout, _folder.FullName, height, width);

    private static IEnumerable<string> Names(int count) => Enumerable.Range(1, count).Select(i => $"p{i}");

    /// <summary>A picture of 8×8 pixels with its left half as foreground.</summary>
    private void Pair(string image, string mask)
    {
        _folder.Colour(image, 8, 8, (x, y) => ((byte)(30 * x), 60, (byte)(20 * y)));
        _folder.Grey(mask, 8, 8, (x, y) => x < 4 ? (byte)255 : (byte)0);
    }
}
