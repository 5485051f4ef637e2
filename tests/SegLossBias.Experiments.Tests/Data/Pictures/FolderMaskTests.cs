using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>What the values of masks mean.</summary>
public sealed class FolderMaskTests : PairFolder
{
    /// <summary>8×4 pixels of one bit each: rows 11110000, 11110000, 00001111, 00000001.</summary>
    private const string OneBit = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAEAQAAAACbtkNdAAAAEElEQVR4nGP4wPCBgZ+BEQALdgHxvGzfagAAAABJRU5ErkJggg==";

    [Fact]
    public void OneBitMasks_AreForegroundWhereTheyAreWhite()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Folder.Grey($"images/{name}.png", 8, 4, (x, y) => (byte)(x + y));
            Folder.Bytes($"masks/{name}_mask.png", Convert.FromBase64String(OneBit));
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
            Folder.Colour($"images/{name}.png", 9, 9, (x, y) => ((byte)x, 0, 0));
            Folder.Grey($"masks/{name}.png", 9, 9, (x, y) => (x, y) == (8, 8) && name == "a" ? (byte)5 : (byte)(x / 3));
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
            Folder.Colour($"images/{name}.png", 8, 8, (x, y) => ((byte)x, 0, 0));
            Folder.Grey($"masks/{name}.png", 8, 8, (x, y) => x < 4 ? value : (byte)0);
        }

        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage(
            $"--data: {Folder.FullName}: 3 masks hold class numbers, such as masks/a.png, and 1 hold 0 and 255, such as masks/d.png; all must be of one kind, or name the classes in classes.txt, one a line: then 255 is ignored");
    }

    [Fact]
    public void MasksThatCanMeanAnything_AreNamedAndLeftOut()
    {
        foreach (var name in new[] { "a", "b", "c", "smooth", "scaled", "red", "jpeg" })
        {
            Pair("", name);
        }

        Folder.Grey("masks/smooth.png", 8, 8, (x, y) => (byte)(36 * x));
        Folder.Grey("masks/scaled.png", 8, 8, (x, y) => x < 4 ? (byte)0 : (byte)128);
        Folder.Colour("masks/red.png", 8, 8, (x, y) => (x < 4 ? (byte)255 : (byte)0, 0, 0));
        Folder.Delete("masks/jpeg.png");
        Folder.Colour("masks/jpeg.jpg", 8, 8, (x, y) => (0, 0, 255));

        using var splits = Load();
        splits.Train.Concat(splits.Validation).Select(item => item.Name).Should().BeEquivalentTo("a", "b", "c");
        LeftOut.Should().BeEquivalentTo(
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
            Folder.Grey($"masks/{name}.png", 8, 8, (x, y) => x switch { < 2 => 0, < 4 => 1, < 6 => 2, _ => 255 });
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
            Folder.Bytes($"masks/{name}.png", new HandMadePng(8, 8, 3, 8, [.. Enumerable.Range(0, 64).Select(i => (i % 8) switch { < 4 => first, < 7 => 1, _ => 255 })]) { Palette = palette }.Bytes());
        }

        using var splits = Load();
        LeftOut.Should().BeEmpty();
        (splits.Classes.Count, splits.IgnoreIndex).Should().Be((201, 255L));
        splits.Train.Concat(splits.Validation).Single(item => item.Name == "a").Labels.Bytes()[..8].Should().Equal(200, 200, 200, 200, 1, 1, 1, 255);
    }

    [Fact]
    public void PalettesThatContradictEachOther_AreAnError()
    {
        foreach (var (name, colour) in new[] { ("a", (byte)200), ("b", (byte)100), ("c", (byte)200) })
        {
            Pair("", name);
            Folder.Bytes($"masks/{name}.png", new HandMadePng(8, 8, 3, 1, [.. Enumerable.Range(0, 64).Select(i => i % 2)]) { Palette = [0, 0, 0, colour, 0, 0] }.Bytes());
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
            Folder.Grey($"masks/{name}.png", 8, 8, (x, y) => x < 4 ? (byte)39 : (byte)255);
        }

        Folder.Grey("masks/above.png", 8, 8, (x, y) => x < 4 ? (byte)40 : (byte)0);
        Folder.Delete("masks/jpeg.png");
        Folder.Grey("masks/jpeg.jpg", 8, 8, (x, y) => 0);
        Folder.Text("classes.txt", [.. Enumerable.Range(0, 40).Select(i => $"thing {i}")]);
        using var splits = Load();
        splits.Classes.Should().HaveCount(40).And.StartWith("thing 0");
        splits.IgnoreIndex.Should().Be(255);
        splits.Train[0].Labels.Bytes()[..8].Should().Equal(39, 39, 39, 39, 255, 255, 255, 255);
        LeftOut.Should().BeEquivalentTo(
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
            Folder.Bytes($"masks/{name}.png", new HandMadePng(8, 8, 0, bits, [.. Enumerable.Range(0, 64).Select(i => i % 8 < 4 ? (1 << bits) - 1 : 0)]).Bytes());
        }

        Folder.Text("classes.txt", "background", "polyp");
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
    public void GreyJpegMasks_AreForegroundFrom128AndFitInWithMasksOf0And255()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Pair("", name);
        }

        Folder.Delete("masks/a.png");
        Folder.Grey("masks/a.jpg", 8, 8, (x, y) => x < 4 ? (byte)240 : (byte)9);
        using var splits = Load();
        LeftOut.Should().BeEmpty();
        splits.Classes.Should().Equal("background", "foreground");
        splits.Train.Concat(splits.Validation).Should().AllSatisfy(item =>
            item.Labels.Bytes().Should().Equal(Enumerable.Range(0, 64).Select(i => i % 8 < 4 ? (byte)1 : (byte)0)));
    }

    [Fact]
    public void MasksWithoutForeground_AreAnError()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Folder.Grey($"images/{name}.png", 8, 8, (x, y) => 9);
            Folder.Grey($"masks/{name}.jpg", 8, 8, (x, y) => 20);
        }

        var load = () => Load();
        load.Should().Throw<UserError>().WithMessage("*no mask has any foreground*");
    }
}
