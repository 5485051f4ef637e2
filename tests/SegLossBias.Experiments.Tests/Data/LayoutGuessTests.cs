namespace SegLossBias.Experiments.Tests.Data;

public class LayoutGuessTests
{
    [Theory]
    [InlineData("a_mr.nii", nameof(DataLayout.Nifti))]
    [InlineData("a_mr.nii.gz", nameof(DataLayout.Nifti))]
    [InlineData("train/a_mr.nii", nameof(DataLayout.Nifti))]
    [InlineData("train/a_mr.nii.gz", nameof(DataLayout.Nifti))]
    [InlineData("leftImg8bit/train/a.png", nameof(DataLayout.Cityscapes))]
    [InlineData("Ground Truth/1.png", nameof(DataLayout.CvcClinicDb))]
    [InlineData("lesion_segs_896x896/a/b.png", nameof(DataLayout.RetinalLesions))]
    [InlineData("Image_01L_1stHO.png", nameof(DataLayout.ChaseDb1))]
    [InlineData("train/images/a.png", nameof(DataLayout.Folder))]
    public void AFolder_IsKnownByWhatOnlyItsLayoutHas(string file, string layout)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
        File.WriteAllText(folder[file], "");
        LayoutGuess.Of(folder.Path).ToString().Should().Be(layout);
    }
}
