using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Applies a network of patches to whole volumes: overlapping windows, blended with <see cref="Windows">Gaussian weights</see>.</summary>
/// <param name="patch">[D, H, W] of the windows; a smaller volume is padded with 0 for the network.</param>
/// <param name="device">Where the network is.</param>
/// <param name="overlap">Share of a window that it has in common with the next one along an axis at least, from 0 up to but not 1.</param>
internal sealed class VolumePredictor(IReadOnlyList<long> patch, Device device, double overlap = 0.5) : IPredictor
{
    private const int WindowsAtOnce = 2;

    public IEnumerable<Tensor> Logits(nn.Module<Tensor, Tensor> network, IReadOnlyList<Case> cases) =>
        cases.Select(item => Logits(network, item.Image));

    private Tensor Logits(nn.Module<Tensor, Tensor> network, Tensor image)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var space = image.shape[1..];
        var (along, across, beside) = (Windows.Along(space[0], patch[0], overlap), Windows.Along(space[1], patch[1], overlap), Windows.Along(space[2], patch[2], overlap));
        var boxes = from d in along from h in across from w in beside select new[] { d, h, w };
        Tensor? sum = null;
        foreach (var together in boxes.Chunk(WindowsAtOnce))
        {
            using var step = NewDisposeScope();
            var inputs = together.Select(box => Patch.Cut(image, Starts(box), patch, 0)).ToArray();
            var logits = network.call(stack(inputs).to(device)).to(ScalarType.Float32).cpu();
            sum ??= zeros([logits.shape[1], .. space]).MoveToOuterDisposeScope();
            for (var i = 0; i < together.Length; i++)
            {
                Add(logits[i], together[i], sum);
            }
        }

        return sum!.MoveToOuterDisposeScope();
    }

    private static long[] Starts(Window[] box) => [.. box.Select(window => window.Start)];

    /// <summary>Adds the logits of a box to those of the volume, each voxel with its weight.</summary>
    private static void Add(Tensor logits, Window[] box, Tensor sum)
    {
        var weights = ones([]);
        for (var axis = 0; axis < box.Length; axis++)
        {
            var window = box[axis];
            logits = logits.narrow(axis + 1, window.From - window.Start, window.Weights.Length);
            sum = sum.narrow(axis + 1, window.From, window.Weights.Length);
            weights = weights.unsqueeze(-1) * tensor(window.Weights);
        }

        sum.add_(logits * weights, KeptScalars.One);
    }
}
