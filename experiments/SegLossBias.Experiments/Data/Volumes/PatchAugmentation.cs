using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Changes a patch at random, its labels with it.</summary>
/// <remarks>
/// <see cref="AugmentationKind.Flips"/> mirrors each axis with probability 1/2. <see cref="AugmentationKind.Full"/> also turns by
/// a multiple of 90° in each plane whose two sides have as many voxels at the same spacing, and changes each channel
/// (standard deviation 1) to scale·v + shift + noise: scale 0.9 to 1.1, shift −0.1 to 0.1, deviation of the noise 0 to 0.1.
/// </remarks>
internal static class PatchAugmentation
{
    private static readonly long[] Axes = [-3, -2, -1];
    private static readonly (int, int)[] Planes = [(-3, -2), (-3, -1), (-2, -1)];

    /// <param name="kind">What is changed.</param>
    /// <param name="image">[C,D,H,W].</param>
    /// <param name="labels">[D,H,W].</param>
    /// <param name="spacing">Along D, H and W.</param>
    /// <param name="random">All that is drawn.</param>
    public static (Tensor Image, Tensor Labels) Apply(
        AugmentationKind kind, Tensor image, Tensor labels, IReadOnlyList<double> spacing, Random random)
    {
        if (kind == AugmentationKind.None)
        {
            return (image.alias(), labels.alias());
        }

        using var scope = NewDisposeScope();
        var mirrored = Axes.Where(_ => random.Next(2) == 0).ToArray();
        (image, labels) = (image.flip(mirrored), labels.flip(mirrored));
        if (kind == AugmentationKind.Full)
        {
            foreach (var (first, second) in Planes.Where(plane => IsSquare(labels, spacing, plane)))
            {
                var turns = random.Next(4);
                (image, labels) = (image.rot90(turns, (first, second)), labels.rot90(turns, (first, second)));
            }

            image = ChangeIntensity(image, random);
        }

        return (image.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

    private static bool IsSquare(Tensor labels, IReadOnlyList<double> spacing, (int First, int Second) plane) =>
        labels.shape[3 + plane.First] == labels.shape[3 + plane.Second]
        && NiftiGeometry.AreSame(spacing[3 + plane.First], spacing[3 + plane.Second]);

    private static Tensor ChangeIntensity(Tensor image, Random random)
    {
        using var generator = new Generator((ulong)random.NextInt64());
        var scale = PerChannel(image, random, 0.9, 1.1);
        var shift = PerChannel(image, random, -0.1, 0.1);
        var deviation = PerChannel(image, random, 0, 0.1);
        return (scale * image).add(shift, KeptScalars.One).add(deviation * randn(image.shape, generator: generator), KeptScalars.One);
    }

    private static Tensor PerChannel(Tensor image, Random random, double low, double high) => tensor(
        [.. Enumerable.Range(0, (int)image.shape[0]).Select(_ => (float)(low + ((high - low) * random.NextDouble())))], [image.shape[0], 1, 1, 1]);
}
