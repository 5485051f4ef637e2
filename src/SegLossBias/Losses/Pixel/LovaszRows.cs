using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The entries that are sorted together.</summary>
internal static class LovaszRows
{
    /// <summary>[N, K, V] as rows [R, K, M]: those of each image, or of the batch, [1, K, N·V].</summary>
    internal static Tensor Of(Tensor entries, Pooling pooling) =>
        pooling == Pooling.Image ? entries : entries.transpose(0, 1).reshape(1, entries.shape[1], entries.shape[0] * entries.shape[2]);

    /// <summary>The channels of each row one after the other, [R, 1, K·M].</summary>
    internal static Tensor Joined(Tensor rows) => rows.reshape(rows.shape[0], 1, rows.shape[1] * rows.shape[2]);
}
