namespace SegLossBias.Experiments.Data;

/// <summary>No files: <see cref="GeneratedPictures"/>.</summary>
internal sealed class GeneratedLayout : IDataLayout
{
    public string Name => DataLayouts.Generated;

    public int Dimensions => 2;

    public bool Fits(FolderContent folder) => false;

    public CaseSplits Load(ExperimentSettings settings, ICollection<string> leftOut) => GeneratedPictures.Create(settings);
}
