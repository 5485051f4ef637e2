using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>One picture or volume with its label map.</summary>
/// <param name="name">Unique within its set.</param>
/// <param name="image">[C, *] uint8 (pictures) or float32 (volumes, normalised already).</param>
/// <param name="labels">[*] uint8, classes 0..K−1 or the ignore index of the set.</param>
/// <param name="spacingMm">Distance of neighbouring pixels along each spatial axis, in mm; 1 where a file says nothing.</param>
/// <param name="labelFile">The file of a volume's labels, whose geometry saved predictions take over.</param>
/// <param name="group">What it shares with others, such as the patient; null where it stands alone.</param>
internal sealed class Case(
    string name, Tensor image, Tensor labels, IReadOnlyList<double> spacingMm, string? labelFile = null, string? group = null) : IDisposable
{
    public string Name => name;

    public Tensor Image => image;

    public Tensor Labels => labels;

    public IReadOnlyList<double> SpacingMm => spacingMm;

    public string? LabelFile => labelFile;

    public string? Group => group;

    public int Channels => (int)image.shape[0];

    /// <summary>The spatial shape.</summary>
    public IReadOnlyList<long> Space => labels.shape;

    public void Dispose()
    {
        image.Dispose();
        labels.Dispose();
    }
}
