namespace SegLossBias;

/// <summary>The parts of the first pass, each of which the second pass takes once.</summary>
internal sealed class PartList
{
    private readonly List<PartMark> _left = [];
    private readonly List<PartMark> _taken = [];

    /// <summary>Parts that have not been taken.</summary>
    internal int Left => _left.Count;

    internal void Add(PartMark part) => _left.Add(part);

    /// <exception cref="ArgumentException">No part that is left fits.</exception>
    internal void Take(PartMark part)
    {
        var place = _left.FindIndex(part.Fits);
        if (place >= 0)
        {
            _taken.Add(_left[place]);
            _left.RemoveAt(place);
            return;
        }

        throw new ArgumentException(_taken.Exists(part.Fits)
            ? $"the second pass has each part of the first once, but this one ({part}) was shared before; call Share once for each call of Add, and make a new AccumulatedLoss for the next batch."
            : $"the second pass has the parts of the first, but none of the {Left} that are left is this one: {part}, with its true sizes of regions; pass the same logits and labels again, in the same order where images have no numbers.", "target");
    }
}
