using SkiaSharp;

namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class FigureFileTests
{
    [SkippableFact]
    public void AFullDisk_IsNamed_AndTheOldFigureStays()
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full, which stands for a full disk");
        using var folder = new TemporaryFolder();
        using var bitmap = new SKBitmap(64, 64);
        var file = folder["figure.png"];
        File.WriteAllText(file, "old");
        File.CreateSymbolicLink(file + ".part", "/dev/full");
        var save = () => FigureFile.Save(file, bitmap);
        save.Should().Throw<UserError>().WithMessage($"{file} cannot be written: *space*");
        File.ReadAllText(file).Should().Be("old");
    }

    /// <summary>Ink along the left side, but none at its ends: the label is there, whole.</summary>
    [Theory]
    [InlineData("DSC [%]", 440)]
    [InlineData("a label along the side that is much too long for the height of this plot", 440)]
    [InlineData("a label along the side that is much too long for the height of this plot", 300)]
    public void ALabelAlongTheSide_IsNotCutOff(string label, int height)
    {
        using var folder = new TemporaryFolder();
        FigureFile.Save(folder["figure.png"], [FigurePlot.New("title", "x", label)], [], height);
        using var bitmap = SKBitmap.Decode(folder["figure.png"]);
        bool HasInk(int row) => Enumerable.Range(0, 40).Any(column => bitmap.GetPixel(column, row) != SKColors.White);
        Enumerable.Range(0, height).Any(HasInk).Should().BeTrue();
        Enumerable.Range(0, 10).Concat(Enumerable.Range(height - 10, 10)).Any(HasInk).Should().BeFalse();
    }

    [Fact]
    public void ALabel_IsSmallerOnlyWhereItMustBe()
    {
        FigureFile.FittingSize("DSC [%]", 440).Should().Be(FigurePlot.LabelSize);
        const string Long = "a label along the side that is much too long for the height of this plot";
        PictureText.Measure(Long, FigureFile.FittingSize(Long, 440), PictureText.Regular).Should().BeInRange(380, 420, "the letters of a font grow in steps");
    }

    [Fact]
    public void APictureThatCannotBeEncoded_IsAnErrorAndLeavesNoFile()
    {
        using var folder = new TemporaryFolder();
        using var bitmap = new SKBitmap();
        var save = () => FigureFile.Save(folder["figure.png"], bitmap);
        save.Should().Throw<UserError>().WithMessage("*figure.png cannot be written: the picture cannot be encoded as PNG");
        Directory.EnumerateFileSystemEntries(folder.Path).Should().BeEmpty();
    }
}
