namespace SegLossBias;

/// <summary>
/// What the second pass has still to take: for each image how many entries of which axes. It grows with the images, not with the
/// parts they come in.
/// </summary>
internal sealed class PartList
{
    private readonly Dictionary<(long Image, string Space), long> _left = [];
    private readonly Dictionary<long, long> _leftOfImage = [];
    private long _entries;
    private int _parts;

    /// <summary>Parts that have not been taken.</summary>
    internal int Left => _entries == 0 ? 0 : Math.Max(1, _parts);

    internal void Add(GatheredPart part) => Change(part, 1);

    /// <summary>Takes a part, or changes nothing.</summary>
    /// <param name="part">Which.</param>
    /// <param name="sizes">For each entry the true sizes of the regions of its image in the second pass, with this part: [n, 2K].</param>
    /// <param name="whole">The same of the whole first pass.</param>
    /// <param name="rounding">By how much sums of the same weights may differ, relative to sizes above 1.</param>
    /// <exception cref="ArgumentException">The part is none of those that are left.</exception>
    internal void Take(GatheredPart part, double[] sizes, double[] whole, double rounding)
    {
        var (space, ofPart) = (Shapes.Text(part.Space), part.Images.CountBy(image => image).ToDictionary());
        foreach (var (image, count) in ofPart)
        {
            if (!_left.TryGetValue((image, space), out var left))
            {
                throw Foreign(part);
            }

            if (left < count)
            {
                throw new ArgumentException($"the second pass has each part of the first once, but this one ({part}) was shared before; call Share once for each call of Add, and make a new AccumulatedLoss for the next batch.", "target");
            }
        }

        var columns = sizes.Length / part.Images.Length;
        for (var place = 0; place < sizes.Length; place++)
        {
            var image = part.Images[place / columns];
            var (gap, most) = (sizes[place] - whole[place], rounding * Math.Max(1, Math.Abs(whole[place])));
            var isWhole = _leftOfImage[image] == ofPart[image];
            if (gap > most || (isWhole && gap < -most))
            {
                throw Foreign(part);
            }
        }

        Change(part, -1);
    }

    private void Change(GatheredPart part, int sign)
    {
        var space = Shapes.Text(part.Space);
        foreach (var image in part.Images)
        {
            _left[(image, space)] = _left.GetValueOrDefault((image, space)) + sign;
            _leftOfImage[image] = _leftOfImage.GetValueOrDefault(image) + sign;
        }

        _entries += sign * part.Images.Length;
        _parts += sign;
    }

    private ArgumentException Foreign(GatheredPart part) => new(
        $"the second pass has the parts of the first, but none of the {Left} that are left is this one: {part}, with its true sizes of regions; pass the same logits and labels again, in the same order where images have no numbers.", "target");
}
