namespace SegLossBias.Tests.Goldens;

/// <summary>A folder without a file is skipped, a folder that is none is an error.</summary>
public class GoldenFileTests
{
    [Fact]
    public void FolderThatIsGiven_MustExist()
    {
        var folder = Directory.CreateTempSubdirectory("SegLossBias.");
        try
        {
            GoldenFile.Open("metrics.json", folder.FullName).Should().BeNull();
            FluentActions.Invoking(() => GoldenFile.OpenOrSkip("metrics.json", folder.FullName)).Should().Throw<SkipException>().WithMessage("*has no metrics.json");
            File.WriteAllText(Path.Combine(folder.FullName, "metrics.json"), """{"cases":[{"a":1},{"a":null}]}""");
            var file = GoldenFile.OpenOrSkip("metrics.json", folder.FullName);
            file.Section("cases").Should().HaveCount(2);
            file.Section("label_maps").Should().BeEmpty();
            file.EntryOrSkip("cases", 0).Need("a", "case").Number().Should().Be(1);
            FluentActions.Invoking(() => file.EntryOrSkip("cases", 1).Need("a", "case 1")).Should().Throw<SkipException>().WithMessage("case 1 has no a");
            FluentActions.Invoking(() => file.EntryOrSkip("label_maps", 0)).Should().Throw<SkipException>().WithMessage("metrics.json has no label_maps");
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        FluentActions.Invoking(() => GoldenFile.Open("paper_forms.json", folder.FullName)).Should().Throw<DirectoryNotFoundException>()
            .WithMessage($"SEGLOSSBIAS_GOLDENS says that golden values are in {folder.FullName}, but there is no such folder*");
    }

    /// <summary>The project's own files are all there, and nearly all of what they could hold.</summary>
    [Fact]
    public void OwnGoldens_AreComplete()
    {
        var own = Path.Combine(AppContext.BaseDirectory, "Goldens");
        Compared(PaperGoldens.Rows(own)).Should().BeGreaterThanOrEqualTo(300);
        Compared(ReferenceGoldens.Rows(own)).Should().BeGreaterThanOrEqualTo(2 * 362);
        Compared(MetricGoldens.Rows(own)).Should().BeGreaterThanOrEqualTo(26 * 8);

        static int Compared(IEnumerable<GoldenRow> rows) => rows.Count(row => row.Quantity.Length > 0);
    }
}
