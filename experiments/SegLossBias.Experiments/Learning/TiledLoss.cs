using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>The loss of whole volumes that pass the network tile by tile, by <see cref="AccumulatedLoss"/>: a few tiles are in memory at a time.</summary>
/// <remarks>
/// A first pass without gradient adds up what the loss needs of all tiles, a second one back-propagates the share of each. Value and
/// gradient are those of the loss of the volumes whose logits are put together from the tiles. Both passes must see the same
/// logits: 3D networks have neither dropout nor batch normalisation, but normalise each tile by itself.
/// </remarks>
internal static class TiledLoss
{
    private const int TilesAtOnce = 2;

    /// <summary>Far above rounding, far below what another draw of dropout changes.</summary>
    private const double LargestPassDifference = 1e-3;

    /// <summary>Adds the gradient of the loss to the network's parameters; not where the loss is not finite.</summary>
    /// <param name="run">Its network and loss.</param>
    /// <param name="images">[tiles, C, *].</param>
    /// <param name="labels">[tiles, *].</param>
    /// <param name="volumes">For each tile the number of its volume in the batch.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="UserError">The network gave other logits in the second pass.</exception>
    public static double Backward(RunState run, Tensor images, Tensor labels, IReadOnlyList<long> volumes)
    {
        using var scope = NewDisposeScope();
        using var whole = new AccumulatedLoss(run.Loss);
        using var breakdown = FirstPass(run, whole, images, labels, volumes);
        var value = breakdown.Total.to(ScalarType.Float64).item<double>();
        if (!double.IsFinite(value))
        {
            return value;
        }

        ForTiles(run, images, labels, volumes, (tiles, target, numbers) => whole.Share(run.Network.call(tiles), target, numbers).backward());
        return whole.PassDifference is var difference && difference <= LargestPassDifference ? value : throw new UserError(
            FormattableString.Invariant($"--whole: both passes over the tiles need the same logits, but their sums differ by {difference}; use a network without dropout and batch normalisation, or leave the option out"));
    }

    /// <summary>What the loss is made of; without gradient. Dispose it.</summary>
    public static LossBreakdown Breakdown(RunState run, Tensor images, Tensor labels, IReadOnlyList<long> volumes)
    {
        using var whole = new AccumulatedLoss(run.Loss);
        return FirstPass(run, whole, images, labels, volumes);
    }

    /// <summary>Why a loss cannot be that of whole volumes; null if it can.</summary>
    public static string? Obstacle(LossSpec spec)
    {
        if (spec.Balance is not null)
        {
            return "balance measures gradients of a batch at once, not of tiles";
        }

        using var loss = spec.Create();
        if (loss.Terms.FirstOrDefault(term => term.Term is Boundary or BlobDice) is { } mapped)
        {
            return $"{mapped.Term.Name} reads maps of the whole volume, but they would be made of each tile by itself";
        }

        try
        {
            using var whole = new AccumulatedLoss(loss);
            return null;
        }
        catch (ArgumentException refused)
        {
            return refused.Message;
        }
    }

    private static LossBreakdown FirstPass(RunState run, AccumulatedLoss whole, Tensor images, Tensor labels, IReadOnlyList<long> volumes)
    {
        using (no_grad())
        {
            ForTiles(run, images, labels, volumes, (tiles, target, numbers) => whole.Add(run.Network.call(tiles), target, numbers));
        }

        return whole.Complete();
    }

    private static void ForTiles(RunState run, Tensor images, Tensor labels, IReadOnlyList<long> volumes, Action<Tensor, SegmentationTarget, long[]> pass)
    {
        for (var first = 0; first < volumes.Count; first += TilesAtOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(TilesAtOnce, volumes.Count - first);
            pass(
                images.narrow(0, first, count).to(run.Device), run.TargetOf(labels.narrow(0, first, count).to(run.Device)),
                [.. volumes.Skip(first).Take(count)]);
        }
    }
}
