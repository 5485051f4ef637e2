using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Whether a loss adds up over parts, and whether a part fits the others.</summary>
internal static class PartCheck
{
    /// <exception cref="ArgumentException">The loss has a term that is not a formula on sums, or no single value.</exception>
    internal static void EnsureAddsUp(SegmentationLoss loss)
    {
        if (loss.Terms.FirstOrDefault(term => term.Term is not RegionTerm) is { } other)
        {
            throw new ArgumentException($"only region terms add up over parts, since they are formulas on sums over pixels, but {loss.Name} has the term {other.Term.Name}, which needs all pixels at once; leave it out, or evaluate the loss on the whole batch.", nameof(loss));
        }

        if (loss.Reduction == nn.Reduction.None)
        {
            throw new ArgumentException($"a batch in parts has one value, but Reduction of {loss.Name} is None, one for each image; use Mean or Sum.", nameof(loss));
        }
    }

    /// <param name="plan">Of the part.</param>
    /// <param name="first">Of the first part; null for that part itself.</param>
    /// <exception cref="ArgumentException">The part is of another batch.</exception>
    internal static void EnsureFits(LossPlan plan, LossPlan? first)
    {
        if (first is not null && (first.Channels, first.Epoch) != (plan.Channels, plan.Epoch))
        {
            throw new ArgumentException($"all parts have the channels of the first, {first.Channels}, and its epoch, {first.Epoch}, but this one has {plan.Channels} channels in epoch {plan.Epoch}; make a new AccumulatedLoss for another batch.", "logits");
        }
    }

    /// <summary>The number of the image of each entry of a part.</summary>
    /// <param name="images">As the caller gave them; null for new images.</param>
    /// <param name="count">Entries of the part.</param>
    /// <param name="next">The number of the first new image.</param>
    /// <param name="total">Images of the batch, where that was stated.</param>
    /// <exception cref="ArgumentException">There are more or fewer numbers than entries, or one is out of range.</exception>
    internal static long[] Numbers(IReadOnlyList<long>? images, long count, long next, long? total)
    {
        long[] numbers = images is null ? [.. Enumerable.Range(0, (int)count).Select(image => next + image)] : [.. images];
        if (numbers.Length != count)
        {
            throw new ArgumentException($"each entry of the batch is of one image, but logits has {count} entries and images {numbers.Length} numbers; pass one number for each.", nameof(images));
        }

        var wrong = Array.FindIndex(numbers, image => image < 0 || image >= (total ?? long.MaxValue));
        return wrong < 0 ? numbers : throw new ArgumentException(
            $"the images of the batch have the numbers 0{(total is { } all ? $" to {all - 1}" : " and up")}, but entry {wrong} is of image {numbers[wrong]}; {(images is null ? "state as many images as there are, or pass their numbers" : "pass numbers in that range")}.", nameof(images));
    }
}
