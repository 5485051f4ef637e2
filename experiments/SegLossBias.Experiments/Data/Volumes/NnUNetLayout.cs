namespace SegLossBias.Experiments.Data;

/// <summary>A dataset of nnU-Net v2: imagesTr/NAME_0000.nii.gz, labelsTr/NAME.nii.gz, dataset.json with channel_names.</summary>
internal sealed class NnUNetLayout : IDataLayout
{
    public string Name => "NnUNet";

    public int Dimensions => 3;

    public bool Fits(FolderContent folder) => folder.Has("imagesTr") && folder.Mentions(DatasetJson.File, NnUNetFolder.ChannelNames);

    public CaseSplits Load(ExperimentSettings settings, ICollection<string> leftOut) => VolumeData.Load(folder => NnUNetFolder.List(folder, leftOut), settings, leftOut);
}
