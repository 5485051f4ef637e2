using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Each picture once per epoch, in an order and with changes that depend on seed, epoch and picture alone.</summary>
/// <param name="cases">The pictures to train on, of the size of the settings, or larger: then a part of each is seen.</param>
/// <param name="settings">Size, batch size and augmentation.</param>
/// <param name="seed">Of the run: all losses of a seed see the same batches.</param>
/// <param name="device">Where batches go.</param>
internal sealed class PictureBatches(IReadOnlyList<Case> cases, ExperimentSettings settings, int seed, Device device) : ITrainingBatches
{
    public int PerEpoch => Batches.Count(cases.Count, settings.Batch);

    public (Tensor Images, Tensor Targets) Batch(int epoch, int index)
    {
        using var scope = NewDisposeScope();
        var indices = Batches.Shuffled(cases.Count, settings.Batch, seed, epoch)[index];
        PictureChange[] changes = [.. indices.Select(i => PictureChange.Draw(settings.Augmentation, seed, epoch, (int)i))];
        Tensor Seen(Tensor picture, PictureChange change) =>
            PictureAugmentation.Flip(PictureAugmentation.Crop(picture, change, settings.Size[0], settings.Size[1]), change);
        var images = PictureInput.Stack(indices.Zip(changes, (i, change) => Seen(cases[(int)i].Image, change)), device);
        var labels = stack(indices.Zip(changes, (i, change) => Seen(cases[(int)i].Labels, change))).to(device);
        if (settings.Augmentation == AugmentationKind.Full)
        {
            (images, labels) = PictureAugmentation.Rotate(images, labels, changes);
        }

        if (settings.Augmentation is AugmentationKind.Full or AugmentationKind.Colour or AugmentationKind.Crop)
        {
            images = PictureAugmentation.Recolour(images, changes);
        }

        return (PictureInput.Normalise(images, settings.Input).MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }
}
