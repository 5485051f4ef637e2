using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public sealed class FolderLayoutTests : PairFolder
{
    [Fact]
    public void PicturesOf16Bits_KeepTheirLevels_BesideOthersOf8()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Pair("", name);
        }

        Folder.Bytes("images/a.png", new HandMadePng(8, 8, 0, 16, [.. Enumerable.Range(0, 64).Select(i => i * 707 / 63)]).Bytes());
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

        Folder.Delete("images/pipe.png");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(Folder.FullName, "images", "pipe.png")]))
        {
            make.WaitForExit();
        }

        using var splits = Load();
        LeftOut.Should().Equal("images/pipe.png: is empty or not a plain file, such as a pipe");
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
        Folder.Text("val/images/readme.txt", "to come");
        Folder.Text("val/masks/readme.txt", "to come");
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

        Folder.Truncate("images/cut.png");
        Folder.Truncate("masks/cutmask.png");
        Folder.Delete("masks/lonely.png");
        Folder.Grey("masks/twice_mask.png", 8, 8, (x, y) => 0);
        Folder.Grey("masks/wide.png", 16, 8, (x, y) => 255);
        Folder.Grey("images/double.jpg", 8, 8, (x, y) => 0);
        Folder.Grey("masks/orphan.png", 8, 8, (x, y) => 0);
        Folder.Bytes("images/noise.png", [1, 2, 3]);
        Folder.Grey("masks/noise.png", 8, 8, (x, y) => 0);
        Folder.Bytes("images/noise2.tif", [0x49, 0x49, 42, 0, 255, 255, 255, 127]);
        Folder.Grey("masks/noise2.png", 8, 8, (x, y) => 0);
        Folder.Tiff("images/cuttiff.tif", 8, 8, 3, (x, y, channel) => (byte)x);
        Folder.Truncate("images/cuttiff.tif");
        Folder.Grey("masks/cuttiff.png", 8, 8, (x, y) => 0);
        Folder.Bytes("images/empty.jpg", []);
        Folder.Grey("masks/empty.png", 8, 8, (x, y) => 0);
        Folder.Text("images/Thumbs.db", "");
        Folder.Text("images/one.TXT", "");
        Folder.Text("masks/two.txt", "");

        using var splits = Load();
        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo("a", "b", "c");
        LeftOut.Should().BeEquivalentTo(
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
        Folder.Truncate("images/a.png");
        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage("*no picture*first of 1 problems: images/a.png: cannot be decoded*");
        LeftOut.Should().Equal("images/a.png: cannot be decoded");
    }

    [Fact]
    public void SettingsThatDoNotFitPictures_AreUsageErrors()
    {
        var settings = SomeSettings.OnPictures("Folder", Folder.FullName);
        foreach (var wrong in new[]
        {
            settings with { Size = [8, 8, 8] }, settings with { Size = [8, 0] }, settings with { Layout = "Nifti" }, settings with { Data = null },
            settings with { Group = "(" },
        })
        {
            var load = () => DataLayouts.Load(wrong, LeftOut);
            load.Should().Throw<UserError>().Which.ExitCode.Should().Be(UserError.BadUsage);
        }

        var missing = () => DataLayouts.Load(settings with { Data = Path.Combine(Folder.FullName, "nowhere") }, LeftOut);
        missing.Should().Throw<UserError>().WithMessage("*no folder*nowhere*");
    }
}
