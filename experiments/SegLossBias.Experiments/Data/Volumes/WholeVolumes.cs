using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Batches of whole volumes in tiles: each volume once per epoch, in an order and with changes that depend on seed and epoch alone.</summary>
/// <remarks>A batch has all tiles of its volumes and stays on the CPU, about as much memory as the volumes themselves.</remarks>
/// <param name="cases">What is trained on.</param>
/// <param name="settings">Size of the tiles, volumes per batch, and augmentation.</param>
/// <param name="seed">Of the run.</param>
/// <param name="ignored">The label of voxels that a tile does not count.</param>
internal sealed class WholeVolumes(IReadOnlyList<Case> cases, ExperimentSettings settings, int seed, long ignored) : ITrainingBatches
{
    private readonly long[] _size = [.. settings.Size.Select(extent => (long)extent)];

    public int PerEpoch => Batches.Count(cases.Count, settings.Batch);

    public (Tensor Images, Tensor Targets) Batch(int epoch, int index)
    {
        using var scope = NewDisposeScope();
        var (images, targets) = (new List<Tensor>(), new List<Tensor>());
        foreach (var which in InBatch(epoch, index))
        {
            var item = cases[(int)which];
            var draws = new Random(unchecked((((seed * 1_000_003) + epoch) * 1_000_003) + (int)which));
            var (image, labels) = PatchAugmentation.Apply(settings.Augmentation, item.Image, item.Labels, item.SpacingMm, draws);
            foreach (var tile in Tile.Cover(labels.shape, _size))
            {
                images.Add(tile.Image(image, _size));
                targets.Add(tile.Labels(labels, _size, ignored));
            }
        }

        return (stack(images).MoveToOuterDisposeScope(), stack(targets).MoveToOuterDisposeScope());
    }

    public IReadOnlyList<long> VolumesOf(int epoch, int index) =>
        [.. InBatch(epoch, index).SelectMany((which, number) => Enumerable.Repeat((long)number, Tile.Cover(cases[(int)which].Space, _size).Count))];

    private long[] InBatch(int epoch, int index) => Batches.Shuffled(cases.Count, settings.Batch, seed, epoch)[index];
}
