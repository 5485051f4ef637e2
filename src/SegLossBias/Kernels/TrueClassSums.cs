namespace SegLossBias;

/// <summary>
/// Where the true-class sums of a region stand, those over the pixels that truly belong to it, or their upstream gradients;
/// null where one is not wanted.
/// </summary>
internal readonly unsafe struct TrueClassSums(double* overlap, double* negativeLogLikelihood, double* focal)
{
    internal readonly double* Overlap = overlap;
    internal readonly double* NegativeLogLikelihood = negativeLogLikelihood;
    internal readonly double* Focal = focal;

    internal bool IsEmpty => Overlap == null && NegativeLogLikelihood == null && Focal == null;

    /// <summary>Those of another channel, so many numbers further.</summary>
    internal TrueClassSums At(long offset) => new(Move(Overlap, offset), Move(NegativeLogLikelihood, offset), Move(Focal, offset));

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
