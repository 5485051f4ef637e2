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
