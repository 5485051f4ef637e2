namespace SegLossBias;

/// <summary>Where the sums of a region over its own pixels stand, or their upstream gradients; null where one is not wanted.</summary>
internal readonly unsafe struct OwnSums(double* overlap, double* negativeLogLikelihood, double* focal)
{
    internal readonly double* Overlap = overlap;
    internal readonly double* NegativeLogLikelihood = negativeLogLikelihood;
    internal readonly double* Focal = focal;

    internal bool IsEmpty => Overlap == null && NegativeLogLikelihood == null && Focal == null;

    /// <summary>Those of another channel, so many numbers further.</summary>
    internal OwnSums At(long offset) => new(Move(Overlap, offset), Move(NegativeLogLikelihood, offset), Move(Focal, offset));

    internal void Add(double overlap, double negativeLogLikelihood, double focal)
    {
        Add(Overlap, overlap);
        Add(NegativeLogLikelihood, negativeLogLikelihood);
        Add(Focal, focal);
    }

    private static double* Move(double* number, long offset) => number == null ? null : number + offset;

    private static void Add(double* sum, double value)
    {
        if (sum != null)
        {
            *sum += value;
        }
    }
}
