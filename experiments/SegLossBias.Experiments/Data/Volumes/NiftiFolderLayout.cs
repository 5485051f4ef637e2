namespace SegLossBias.Experiments.Data;

/// <summary>NIfTI volumes in one folder: NAME_CHANNEL.nii.gz with NAME_gt.nii.gz.</summary>
internal sealed class NiftiFolderLayout : IDataLayout
{
    public string Name => "Nifti";

    public int Dimensions => 3;

    public bool Fits(FolderContent folder) => HasVolumes(folder, "") || HasVolumes(folder, "train");

    public CaseSplits Load(ExperimentSettings settings, ICollection<string> leftOut) => VolumeData.Load(folder => NiftiFolder.List(folder, leftOut), settings, leftOut);

    private static bool HasVolumes(FolderContent folder, string below) => folder.HasFiles("*.nii", below) || folder.HasFiles("*.nii.gz", below);
}
