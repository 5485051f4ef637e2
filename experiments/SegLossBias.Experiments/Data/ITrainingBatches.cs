using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>The batches of a run: a pure function of seed, epoch and index, so that a resumed run sees the same ones.</summary>
internal interface ITrainingBatches
{
    /// <summary>Batches of an epoch.</summary>
    int PerEpoch { get; }

    /// <param name="epoch">From 1.</param>
    /// <param name="index">From 0.</param>
    /// <returns>[B, C, *] float32, scaled as the network expects; [B, *] labels. Both on the device of training.</returns>
    (Tensor Images, Tensor Targets) Batch(int epoch, int index);
}
