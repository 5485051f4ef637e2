using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>The batches of another, but pictures of NaN at one step, from 0, of an epoch.</summary>
internal sealed class PoisonedBatches(int epoch, int step, ITrainingBatches batches) : ITrainingBatches
{
    public int PerEpoch => batches.PerEpoch;

    public (Tensor Images, Tensor Targets) Batch(int at, int index)
    {
        var (images, targets) = batches.Batch(at, index);
        return ((at, index) == (epoch, step) ? full_like(images, float.NaN) : images, targets);
    }
}

/// <summary>The batches of another, but native code fails some times at one step of an epoch.</summary>
internal sealed class FailingBatches(int epoch, int step, int times, ITrainingBatches batches) : ITrainingBatches
{
    public int Failures { get; private set; }

    public int PerEpoch => batches.PerEpoch;

    public (Tensor Images, Tensor Targets) Batch(int at, int index)
    {
        if ((at, index) == (epoch, step) && Failures < times)
        {
            Failures++;
            zeros(2).add(zeros(3)); // libtorch refuses, as it does when a scalar was freed under it.
        }

        return batches.Batch(at, index);
    }
}

/// <summary>The batches of another, but from an epoch on nothing is foreground.</summary>
internal sealed class MisleadingBatches(int from, ITrainingBatches batches) : ITrainingBatches
{
    public int PerEpoch => batches.PerEpoch;

    public (Tensor Images, Tensor Targets) Batch(int epoch, int index)
    {
        var (images, targets) = batches.Batch(epoch, index);
        return (images, epoch < from ? targets : zeros_like(targets));
    }
}

/// <summary>The first batch of each epoch of another.</summary>
internal sealed class FirstBatch(ITrainingBatches batches) : ITrainingBatches
{
    public int PerEpoch => 1;

    public (Tensor Images, Tensor Targets) Batch(int epoch, int index) => batches.Batch(epoch, index);
}

internal sealed class ConstantPredictor(float value = 0) : IPredictor
{
    public IEnumerable<Tensor> Logits(nn.Module<Tensor, Tensor> network, IReadOnlyList<Case> cases) =>
        cases.Select(_ => full([3, Tiny.Side, Tiny.Side], value));
}
