namespace SegLossBias.Experiments.Tests.Data.Volumes;

/// <summary>A folder of small volumes with their label maps, made by a test.</summary>
public abstract class VolumeFolder : IDisposable
{
    private protected static readonly long[] Dim = [3, 4, 3, 2];

    private protected TemporaryFolder Folder { get; } = new();

    private protected List<string> LeftOut { get; } = [];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static IEnumerable<double> Ramp(double scale) => Enumerable.Range(0, 24).Select(i => scale * (i % 5));

    private protected CaseSplits Load(Func<ExperimentSettings, ExperimentSettings>? change = null)
    {
        var settings = VolumeSettings.Of(size: [2, 2, 2]) with { Data = Folder.Path };
        return DataLayouts.Load(change is null ? settings : change(settings), LeftOut);
    }

    private protected void Image(string name, double scale) =>
        (HandMadeNifti.Of(NiftiType.Int16, Dim, Ramp(scale)) with { Pixdim = [1, 1, 2, 3] }).Save(Folder[name]);

    private protected void Label(string name, double label) =>
        (HandMadeNifti.Of(NiftiType.UInt8, Dim, [.. new double[20], label, label, 0, label]) with { Pixdim = [1, 1, 2, 3] }).Save(Folder[name]);
}
