using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>The batches of a run: a pure function of seed, epoch and index, so that a resumed run sees the same ones.</summary>
internal interface ITrainingBatches
{
    /// <summary>Batches of an epoch.</summary>
    int PerEpoch { get; }

    /// <param name="epoch">From 1.</param>
    /// <param name="index">From 0.</param>
    /// <returns>[B, C, *] float32, scaled as the network expects; [B, *] labels. Both on the device of training, tiles on the CPU.</returns>
    (Tensor Images, Tensor Targets) Batch(int epoch, int index);

    /// <summary>For each entry of a batch the volume, from 0, of which it is a tile; null where each is seen by itself.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="index">From 0.</param>
    IReadOnlyList<long>? VolumesOf(int epoch, int index) => null;
}
