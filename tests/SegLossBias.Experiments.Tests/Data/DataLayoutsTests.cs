namespace SegLossBias.Experiments.Tests.Data;

public class DataLayoutsTests
{
    [Theory]
    [InlineData("a_mr.nii", "Nifti")]
    [InlineData("a_mr.nii.gz", "Nifti")]
    [InlineData("train/a_mr.nii", "Nifti")]
    [InlineData("train/a_mr.nii.gz", "Nifti")]
    [InlineData("leftImg8bit/train/a.png", "Cityscapes")]
    [InlineData("Ground Truth/1.png", "CvcClinicDb")]
    [InlineData("lesion_segs_896x896/a/b.png", "RetinalLesions")]
    [InlineData("Image_01L_1stHO.png", "ChaseDb1")]
    [InlineData("trainannot/a.png", "CamVid")]
    [InlineData("train/images/a.png", "Folder")]
    public void AFolder_IsKnownByWhatOnlyItsLayoutHas(string file, string layout)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
        File.WriteAllText(folder[file], "");
        DataLayouts.Guess(folder.Path).Name.Should().Be(layout);
    }

    [Theory]
    [InlineData("channel_names", "NnUNet")]
    [InlineData("modality", "Decathlon")]
    public void AFolderWithADescription_IsKnownByWhatThatNames(string property, string layout)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["imagesTr"]);
        File.WriteAllText(folder["dataset.json"], $$"""{ "{{property}}": { "0": "CT" } }""");
        DataLayouts.Guess(folder.Path).Name.Should().Be(layout);
    }

    [Fact]
    public void EveryLayout_IsFoundByItsNameInAnyCase()
    {
        DataLayouts.All.Select(layout => layout.Name).Should().Equal(
            "CamVid", "ChaseDb1", "Cityscapes", "CvcClinicDb", "Decathlon", "Folder", "Generated", "Kvasir", "Nifti", "NnUNet", "RetinalLesions");
        DataLayouts.All.Should().AllSatisfy(layout => DataLayouts.Find(layout.Name.ToUpperInvariant()).Should().BeSameAs(layout));
        DataLayouts.All.Where(layout => layout.IsFallback).Select(layout => layout.Name).Should().Equal("Folder");
        FluentActions.Invoking(() => DataLayouts.Find("nothing")).Should().Throw<UserError>().WithMessage("*no layout 'nothing'*Kvasir*");
    }
}
