using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>A folder of pictures with their masks, made by a test.</summary>
public abstract class PairFolder : IDisposable
{
    private protected PictureFolder Folder { get; } = new();

    private protected List<string> LeftOut { get; } = [];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected CaseSplits Load(int height = 8, int width = 8) =>
        DataLayouts.Load(SomeSettings.OnPictures("Folder", Folder.FullName, height, width), LeftOut);

    private protected void Pair(string folder, string name)
    {
        Folder.Colour($"{folder}images/{name}.png", 8, 8, (x, y) => ((byte)(30 * x), (byte)(30 * y), 0));
        Folder.Grey($"{folder}masks/{name}.png", 8, 8, (x, y) => x < 4 ? (byte)255 : (byte)0);
    }
}
