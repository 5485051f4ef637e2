namespace SegLossBias.Experiments.Data;

/// <summary>Medical Segmentation Decathlon: imagesTr/, labelsTr/, dataset.json.</summary>
internal sealed class DecathlonLayout : IDataLayout
{
    public string Name => "Decathlon";

    public int Dimensions => 3;

    public bool Fits(FolderContent folder) => folder.Has(DatasetJson.File) && folder.Has("imagesTr") && !folder.Mentions(DatasetJson.File, NnUNetFolder.ChannelNames);

    public CaseSplits Load(ExperimentSettings settings, ICollection<string> leftOut) => VolumeData.Load(folder => DecathlonFolder.List(folder), settings, leftOut);
}
