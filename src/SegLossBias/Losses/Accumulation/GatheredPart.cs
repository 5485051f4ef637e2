using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A part of a batch, and the sums over its pixels.</summary>
/// <param name="Rows">Its statistics, [n, rows, 2K + B].</param>
/// <param name="Images">The number of the image of each of its n entries.</param>
/// <param name="Space">Its spatial axes.</param>
/// <param name="Next">The number of the first image that neither this part nor one before it has.</param>
internal sealed record GatheredPart(Tensor Rows, long[] Images, long[] Space, long Next)
{
    /// <summary>The numbers of the images, int64 [n], where the rows are.</summary>
    internal Tensor Index { get; } = tensor(Images, [Images.Length], ScalarType.Int64, Rows.device);

    public override string ToString() => $"images {Shapes.Text(Images)} of {Shapes.Text(Space)} pixels";
}
