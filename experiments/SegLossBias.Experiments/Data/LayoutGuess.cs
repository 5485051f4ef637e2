namespace SegLossBias.Experiments.Data;

/// <summary>Tells the layout of a folder by what only that layout has.</summary>
internal static class LayoutGuess
{
    /// <exception cref="UserError">There is no such folder.</exception>
    public static DataLayout Of(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new UserError($"--data: there is no folder {folder}");
        }

        bool Has(string name) => Path.Exists(Path.Combine(folder, name));
        bool HasFiles(string pattern, string below = "") =>
            Has(below) && Directory.EnumerateFiles(Path.Combine(folder, below), pattern).Any();
        bool HasVolumes(string below) => HasFiles("*.nii", below) || HasFiles("*.nii.gz", below);
        return Has("dataset.json") && Has("imagesTr") ? DataLayout.Decathlon
            : HasVolumes("") || HasVolumes("train") ? DataLayout.Nifti
            : Has("leftImg8bit") ? DataLayout.Cityscapes
            : Has("Ground Truth") ? DataLayout.CvcClinicDb
            : Has("lesion_segs_896x896") ? DataLayout.RetinalLesions
            : HasFiles("Image_*_1stHO.png") ? DataLayout.ChaseDb1
            : DataLayout.Folder;
    }
}
