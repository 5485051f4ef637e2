namespace SegLossBias;

/// <summary>What <see cref="SizeBounds"/> adds for a predicted size within or beyond its bounds.</summary>
public enum SizeBoundsForm
{
    /// <summary>The squared distance to the bound that is broken; no gradient between the bounds. Kervadec et al., arXiv:1805.04628.</summary>
    SquaredHinge,

    /// <summary>
    /// The log-barrier extension: a barrier −log(distance)/t between the bounds, a straight line of slope t beyond, so that it is
    /// finite and has a gradient everywhere. Kervadec et al., arXiv:1904.04205.
    /// </summary>
    LogBarrier,
}
