namespace SegLossBias.Tests.Goldens;

/// <summary>Golden values that were asked for are never skipped.</summary>
public class GoldenFileTests
{
    [Fact]
    public void FolderThatIsGiven_MustHoldTheFile()
    {
        var folder = Directory.CreateTempSubdirectory("SegLossBias.");
        try
        {
            FluentActions.Invoking(() => GoldenFile.Open("metrics.json", folder.FullName)).Should().Throw<FileNotFoundException>()
                .WithMessage($"SEGLOSSBIAS_GOLDENS says that golden values are in {folder.FullName}, but *metrics.json does not exist*");
            File.WriteAllText(Path.Combine(folder.FullName, "metrics.json"), """{"cases":[1,2]}""");
            GoldenFile.Open("metrics.json", folder.FullName)!.Cases.Should().HaveCount(2);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        FluentActions.Invoking(() => GoldenFile.Open("metrics.json", folder.FullName)).Should().Throw<FileNotFoundException>();
        GoldenFile.Open("metrics.json", null).Should().NotBeNull();
        GoldenFile.Open("no such file", "").Should().BeNull();
    }
}
