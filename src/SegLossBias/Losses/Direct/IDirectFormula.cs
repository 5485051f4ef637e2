namespace SegLossBias;

/// <summary>
/// A term that states its formula a second time, in plain numbers with its derivative. For a small input a tensor
/// operation on a handful of statistics costs as much as the pixels; a loss whose terms all do this needs none.
/// </summary>
internal interface IDirectFormula
{
    /// <summary>The value of the batch with <c>Reduction.Mean</c>, the same as the tensor formula's.</summary>
    /// <param name="regions">The statistics; the gradient of the value, multiplied by the weight, is added to theirs.</param>
    /// <param name="weight">λ ≥ 0.</param>
    double Evaluate(RegionNumbers regions, double weight);
}
