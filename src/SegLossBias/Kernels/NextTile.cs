namespace SegLossBias;

/// <summary>What the next tile will read, so that it can be brought near while this one is calculated.</summary>
/// <param name="start">Its first logit; null where there is nothing to bring.</param>
/// <param name="stride">Bytes from a row to the next.</param>
internal readonly unsafe struct NextTile(byte* start, long stride)
{
    internal readonly byte* Start = start;
    internal readonly long Stride = stride;
}
