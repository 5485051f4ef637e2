using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public sealed class FolderLayoutTests : IDisposable
{
    /// <summary>8×4 pixels of one bit each: rows 11110000, 11110000, 00001111, 00000001.</summary>
    private const string OneBit = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAEAQAAAACbtkNdAAAAEElEQVR4nGP4wPCBgZ+BEQALdgHxvGzfagAAAABJRU5ErkJggg==";

    private readonly PictureFolder _folder = new();
    private readonly List<string> _leftOut = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OneBitMasks_AreForegroundWhereTheyAreWhite()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            _folder.Grey($"images/{name}.png", 8, 4, (x, y) => (byte)(x + y));
            _folder.Bytes($"masks/{name}_mask.png", Convert.FromBase64String(OneBit));
        }

        using var splits = Load(4, 8);
        splits.Classes.Should().Equal("background", "foreground");
        splits.Train[0].Labels.Bytes().Should().Equal(
            1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1);
        splits.Channels.Should().Be(1, "every picture is grey");
        splits.Train[0].Image.Bytes().Should().Equal(Enumerable.Range(0, 32).Select(i => (byte)((i % 8) + (i / 8))));
    }

    [Fact]
    public void ClassNumbers_GiveAsManyClassesAsTheLargestNeeds_AtEverySize()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            _folder.Colour($"images/{name}.png", 9, 9, (x, y) => ((byte)x, 0, 0));
            _folder.Grey($"masks/{name}.png", 9, 9, (x, y) => (x, y) == (8, 8) && name == "a" ? (byte)5 : (byte)(x / 3));
        }

        using var splits = Load(9, 9);
        splits.Classes.Should().Equal("background", "class 1", "class 2", "class 3", "class 4", "class 5");
        splits.Train.Concat(splits.Validation).Single(item => item.Name == "a").Labels.Bytes()
            .Should().Equal(Enumerable.Range(0, 81).Select(i => i == 80 ? (byte)5 : (byte)(i % 9 / 3)));
        using var small = Load(3, 3);
        small.Classes.Should().Equal(splits.Classes, "a class that a small picture loses is still one");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void ClassNumbersBesideMasksOf0And255_AreAnErrorThatNamesAndCountsBoth(byte largest)
    {
        foreach (var (name, value) in new[] { ("a", (byte)1), ("b", largest), ("c", (byte)1), ("d", (byte)255), ("e", (byte)0) })
        {
            _folder.Colour($"images/{name}.png", 8, 8, (x, y) => ((byte)x, 0, 0));
            _folder.Grey($"masks/{name}.png", 8, 8, (x, y) => x < 4 ? value : (byte)0);
        }

        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage(
            $"--data: {_folder.FullName}: 3 masks hold class numbers, such as masks/a.png, and 1 hold 0 and 255, such as masks/d.png; all must be of one kind, or name the classes in classes.txt, one a line: then 255 is ignored");
    }

    [Fact]
    public void MasksThatCanMeanAnything_AreNamedAndLeftOut()
    {
        foreach (var name in new[] { "a", "b", "c", "smooth", "scaled", "red", "jpeg" })
        {
            Pair("", name);
        }

        _folder.Grey("masks/smooth.png", 8, 8, (x, y) => (byte)(36 * x));
        _folder.Grey("masks/scaled.png", 8, 8, (x, y) => x < 4 ? (byte)0 : (byte)128);
        _folder.Colour("masks/red.png", 8, 8, (x, y) => (x < 4 ? (byte)255 : (byte)0, 0, 0));
        _folder.Delete("masks/jpeg.png");
        _folder.Colour("masks/jpeg.jpg", 8, 8, (x, y) => (0, 0, 255));

        using var splits = Load();
        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo("a", "b", "c");
        _leftOut.Should().BeEquivalentTo(
            "images/smooth.png: its mask smooth.png has the values 0, 36, 72, 108, …; readable are class numbers below 32, with 255 for pixels to ignore, or 0 and 255 alone; more classes need their names in classes.txt, one a line",
            "images/scaled.png: its mask scaled.png has the values 0, 128; readable are class numbers below 32, with 255 for pixels to ignore, or 0 and 255 alone; more classes need their names in classes.txt, one a line",
            "images/red.png: its mask red.png is coloured; class numbers are grey values, or the numbers of a palette (an indexed PNG): save it as one of these",
            "images/jpeg.png: its mask jpeg.jpg is coloured; class numbers are grey values, or the numbers of a palette (an indexed PNG): save it as one of these");
    }

    [Fact]
    public void Value255_IsIgnoredBesideClassNumbers()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Pair("", name);
            _folder.Grey($"masks/{name}.png", 8, 8, (x, y) => x switch { < 2 => 0, < 4 => 1, < 6 => 2, _ => 255 });
        }

        using var splits = Load();
        (splits.Classes.Count, splits.IgnoreIndex).Should().Be((3, 255L));
        splits.Train[0].Labels.Bytes()[..8].Should().Equal(0, 0, 1, 1, 2, 2, 255, 255);
    }

    [Fact]
    public void ThePaletteOfAColouredMask_HasClassNumbers_ManyOfThem_And255Ignored()
    {
        byte[] palette = [.. Enumerable.Range(0, 256).SelectMany(i => new[] { (byte)i, (byte)(i * 7), (byte)(255 - i) })];
        foreach (var (name, first) in new[] { ("a", 200), ("b", 3), ("c", 0) })
        {
            Pair("", name);
            _folder.Bytes($"masks/{name}.png", new HandMadePng(8, 8, 3, 8, [.. Enumerable.Range(0, 64).Select(i => (i % 8) switch { < 4 => first, < 7 => 1, _ => 255 })]) { Palette = palette }.Bytes());
        }

        using var splits = Load();
        _leftOut.Should().BeEmpty();
        (splits.Classes.Count, splits.IgnoreIndex).Should().Be((201, 255L));
        splits.Train.Concat(splits.Validation).Single(item => item.Name == "a").Labels.Bytes()[..8].Should().Equal(200, 200, 200, 200, 1, 1, 1, 255);
    }

    [Fact]
    public void PalettesThatContradictEachOther_AreAnError()
    {
        foreach (var (name, colour) in new[] { ("a", (byte)200), ("b", (byte)100), ("c", (byte)200) })
        {
            Pair("", name);
            _folder.Bytes($"masks/{name}.png", new HandMadePng(8, 8, 3, 1, [.. Enumerable.Range(0, 64).Select(i => i % 2)]) { Palette = [0, 0, 0, colour, 0, 0] }.Bytes());
        }

        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage(
            "--data: the number 1 of the palette is the colour #c80000 in a.png, but #640000 in b.png; all masks must have one palette, whose numbers are the classes");
    }

    [Fact]
    public void ClassesThatAreNamed_CanBeMoreThan32_AndMake255TheIgnoredLabel()
    {
        foreach (var name in new[] { "a", "b", "c", "above", "jpeg" })
        {
            Pair("", name);
            _folder.Grey($"masks/{name}.png", 8, 8, (x, y) => x < 4 ? (byte)39 : (byte)255);
        }

        _folder.Grey("masks/above.png", 8, 8, (x, y) => x < 4 ? (byte)40 : (byte)0);
        _folder.Delete("masks/jpeg.png");
        _folder.Grey("masks/jpeg.jpg", 8, 8, (x, y) => 0);
        _folder.Text("classes.txt", [.. Enumerable.Range(0, 40).Select(i => $"thing {i}")]);
        using var splits = Load();
        splits.Classes.Should().HaveCount(40).And.StartWith("thing 0");
        splits.IgnoreIndex.Should().Be(255);
        splits.Train[0].Labels.Bytes()[..8].Should().Equal(39, 39, 39, 39, 255, 255, 255, 255);
        _leftOut.Should().BeEquivalentTo(
            "images/above.png: its mask above.png has the values 0, 40; readable are class numbers below 40, with 255 for pixels to ignore, or 0 and 255 alone, as classes.txt names 40 classes",
            "images/jpeg.png: its mask jpeg.jpg is a JPEG, whose values are not exact, but classes.txt names classes; save class numbers as PNG");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void ClassesThatAreNamed_LeaveMasksOf1BitAsTheyAre_AndThoseOf0And255WithoutForeground(int bits)
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Pair("", name);
            _folder.Bytes($"masks/{name}.png", new HandMadePng(8, 8, 0, bits, [.. Enumerable.Range(0, 64).Select(i => i % 8 < 4 ? (1 << bits) - 1 : 0)]).Bytes());
        }

        _folder.Text("classes.txt", "background", "polyp");
        if (bits == 8)
        {
            var load = () => Load();
            load.Should().Throw<UserError>().WithMessage("*no mask has any foreground; classes.txt names classes, so 255 is ignored: leave it out where masks hold 0 and 255");
            return;
        }

        using var splits = Load();
        splits.Classes.Should().Equal("background", "polyp");
        splits.Train[0].Labels.Bytes()[..8].Should().Equal(1, 1, 1, 1, 0, 0, 0, 0);
    }

    [Fact]
    public void PicturesOf16Bits_KeepTheirLevels_BesideOthersOf8()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Pair("", name);
        }

        _folder.Bytes("images/a.png", new HandMadePng(8, 8, 0, 16, [.. Enumerable.Range(0, 64).Select(i => i * 707 / 63)]).Bytes());
        using var splits = Load();
        var image = splits.Train.Concat(splits.Validation).Single(item => item.Name == "a").Image;
        image.Floats()[..64].Distinct().Should().HaveCount(64);
        splits.Train.Concat(splits.Validation).Should().AllSatisfy(item => item.Image.dtype.Should().Be(TorchSharp.torch.ScalarType.Float32));
    }

    [SkippableFact]
    public void APipe_IsLeftOutUnread()
    {
        Skip.If(OperatingSystem.IsWindows(), "makes a Unix pipe");
        foreach (var name in new[] { "a", "b", "c", "pipe" })
        {
            Pair("", name);
        }

        _folder.Delete("images/pipe.png");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_folder.FullName, "images", "pipe.png")]))
        {
            make.WaitForExit();
        }

        using var splits = Load();
        _leftOut.Should().Equal("images/pipe.png: is empty or not a plain file, such as a pipe");
    }

    [Fact]
    public void GreyJpegMasks_AreForegroundFrom128AndFitInWithMasksOf0And255()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Pair("", name);
        }

        _folder.Delete("masks/a.png");
        _folder.Grey("masks/a.jpg", 8, 8, (x, y) => x < 4 ? (byte)240 : (byte)9);
        using var splits = Load();
        _leftOut.Should().BeEmpty();
        splits.Classes.Should().Equal("background", "foreground");
        splits.Train.Concat(splits.Validation).Should().AllSatisfy(item =>
            item.Labels.Bytes().Should().Equal(Enumerable.Range(0, 64).Select(i => i % 8 < 4 ? (byte)1 : (byte)0)));
    }

    [Fact]
    public void GivenSplits_AreKeptWithEqualNamesInEach()
    {
        foreach (var part in new[] { "train", "val", "test" })
        {
            Pair(part + "/", "a");
            Pair(part + "/", "b");
        }

        using var splits = Load();
        new[] { splits.Train, splits.Validation, splits.Test }.Should().AllSatisfy(part => part.Select(item => item.Name).Should().Equal("a", "b"));
        splits.Origin.Should().EndWith("train, validation, test as given");
    }

    [Fact]
    public void WithoutValidation_APartOfTrainingIsHeldOut()
    {
        foreach (var name in Enumerable.Range(0, 10).Select(i => $"n{i}"))
        {
            Pair("train/", name);
        }

        Pair("test/", "n0");
        using var splits = Load();
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count).Should().Be((8, 2, 1));
        splits.Origin.Should().Contain("a seeded 20 %");
    }

    [Fact]
    public void AGivenSplitWithoutAnyPicture_IsAnErrorAndNotReplacedByASeededOne()
    {
        Pair("train/", "a");
        Pair("train/", "b");
        _folder.Text("val/images/readme.txt", "to come");
        _folder.Text("val/masks/readme.txt", "to come");
        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage("*Validation*");
    }

    [Fact]
    public void UnusableFiles_AreNamedWithTheReasonAndLeftOut()
    {
        foreach (var name in new[] { "a", "b", "c", "cut", "cutmask", "lonely", "twice", "wide", "double" })
        {
            Pair("", name);
        }

        _folder.Truncate("images/cut.png");
        _folder.Truncate("masks/cutmask.png");
        _folder.Delete("masks/lonely.png");
        _folder.Grey("masks/twice_mask.png", 8, 8, (x, y) => 0);
        _folder.Grey("masks/wide.png", 16, 8, (x, y) => 255);
        _folder.Grey("images/double.jpg", 8, 8, (x, y) => 0);
        _folder.Grey("masks/orphan.png", 8, 8, (x, y) => 0);
        _folder.Bytes("images/noise.png", [1, 2, 3]);
        _folder.Grey("masks/noise.png", 8, 8, (x, y) => 0);
        _folder.Bytes("images/noise2.tif", [0x49, 0x49, 42, 0, 255, 255, 255, 127]);
        _folder.Grey("masks/noise2.png", 8, 8, (x, y) => 0);
        _folder.Tiff("images/cuttiff.tif", 8, 8, 3, (x, y, channel) => (byte)x);
        _folder.Truncate("images/cuttiff.tif");
        _folder.Grey("masks/cuttiff.png", 8, 8, (x, y) => 0);
        _folder.Bytes("images/empty.jpg", []);
        _folder.Grey("masks/empty.png", 8, 8, (x, y) => 0);
        _folder.Text("images/Thumbs.db", "");
        _folder.Text("images/one.TXT", "");
        _folder.Text("masks/two.txt", "");

        using var splits = Load();
        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo("a", "b", "c");
        _leftOut.Should().BeEquivalentTo(
            "images/cut.png: cannot be decoded",
            "images/cutmask.png: its mask cutmask.png cannot be decoded",
            "images/lonely.png: no mask of that name",
            "images/twice.png: 2 masks of that name",
            "images/wide.png: 8×8 pixels, but its mask wide.png has 16×8",
            "images/double.png: one of 2 pictures named double",
            "images/double.jpg: one of 2 pictures named double",
            "masks/orphan.png: no picture of that name",
            "images/noise.png: cannot be decoded",
            "images/noise2.tif: cannot be decoded",
            "images/cuttiff.tif: cannot be decoded",
            "images/empty.jpg: is empty or not a plain file, such as a pipe",
            "3 files of other types: 1 .db, 2 .txt");
    }

    [Fact]
    public void WithoutAnythingUsable_TheErrorNamesTheFirstProblemAndTheFilesAreListed()
    {
        Pair("", "a");
        _folder.Truncate("images/a.png");
        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage("*no picture*first of 1 problems: images/a.png: cannot be decoded*");
        _leftOut.Should().Equal("images/a.png: cannot be decoded");
    }

    [Fact]
    public void MasksWithoutForeground_AreAnError()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            _folder.Grey($"images/{name}.png", 8, 8, (x, y) => 9);
            _folder.Grey($"masks/{name}.jpg", 8, 8, (x, y) => 20);
        }

        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage("*no mask has any foreground*");
    }

    [Fact]
    public void SettingsThatDoNotFitPictures_AreUsageErrors()
    {
        var settings = SomeSettings.OnPictures("Folder", _folder.FullName);
        foreach (var wrong in new[]
        {
            settings with { Size = [8, 8, 8] }, settings with { Size = [8, 0] }, settings with { Layout = "Nifti" }, settings with { Data = null },
            settings with { Group = "(" },
        })
        {
            var load = () => DataLayouts.Load(wrong, _leftOut);
            load.Should().Throw<UserError>().Which.ExitCode.Should().Be(UserError.BadUsage);
        }

        var missing = () => DataLayouts.Load(settings with { Data = Path.Combine(_folder.FullName, "nowhere") }, _leftOut);
        missing.Should().Throw<UserError>().WithMessage("*no folder*nowhere*");
    }

    private CaseSplits Load(int height = 8, int width = 8) =>
        DataLayouts.Load(SomeSettings.OnPictures("Folder", _folder.FullName, height, width), _leftOut);

    private void Pair(string folder, string name)
    {
        _folder.Colour($"{folder}images/{name}.png", 8, 8, (x, y) => ((byte)(30 * x), (byte)(30 * y), 0));
        _folder.Grey($"{folder}masks/{name}.png", 8, 8, (x, y) => x < 4 ? (byte)255 : (byte)0);
    }
}
