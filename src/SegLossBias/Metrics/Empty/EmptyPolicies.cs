namespace SegLossBias;

/// <summary>What structures with an empty mask count in a mean: one choice for each of the three cases, or a preset.</summary>
/// <remarks>
/// The masks of class 2 are: target T, prediction P. The table has what the structure counts in a mean of Dice, precision and HD95:
/// <code>
///                      T = P = ∅   T = ∅, P ≠ ∅      T ≠ ∅, P = ∅
/// SkipUndefined        –           0, 0, –           0, –, –
/// SkipAbsent           –           –                 0, 0, diagonal
/// MissCountsZero       –           0, 0, error       0, 0, error
/// MissCountsDiagonal   –           error, diagonal   error, diagonal
/// MissCountsWorst      –           0, 0, diagonal    0, 0, diagonal
/// Monai                –           –                 0, –, ∞
/// NnUnet               –           0, 0, ∞           0, –, ∞
/// </code>
/// "–" is left out, and "error" an exception that says why. Where both masks have pixels and the formula is 0/0 all the same,
/// as the specificity of a structure that fills the image, the structure is left out. What is left out, and what was empty, is
/// reported by <see cref="MetricSummary"/>. A mean of no structure is NaN.
/// </remarks>
public sealed class EmptyPolicies
{
    /// <summary>Chooses for each case.</summary>
    /// <param name="both">For <see cref="EmptyCase.Both"/>.</param>
    /// <param name="target">For <see cref="EmptyCase.Target"/>.</param>
    /// <param name="prediction">For <see cref="EmptyCase.Prediction"/>.</param>
    /// <exception cref="ArgumentNullException">A choice is missing.</exception>
    public EmptyPolicies(EmptyPolicy both, EmptyPolicy target, EmptyPolicy prediction)
    {
        ArgumentNullException.ThrowIfNull(both);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(prediction);
        (Both, Target, Prediction) = (both, target, prediction);
    }

    /// <summary>Left out is what the formula gives no finite number for. A missed structure is left out of a mean of distances; see how many there were.</summary>
    public static EmptyPolicies SkipUndefined { get; } = new(EmptyPolicy.FiniteOrSkip, EmptyPolicy.FiniteOrSkip, EmptyPolicy.FiniteOrSkip);

    /// <summary>Left out are structures that are not there, false alarms too. A miss counts the worst value.</summary>
    public static EmptyPolicies SkipAbsent { get; } = new(EmptyPolicy.Skip, EmptyPolicy.Skip, EmptyPolicy.Worst);

    /// <summary>For scores: a miss and a false alarm count what the formula gives, and 0 where it gives no number.</summary>
    public static EmptyPolicies MissCountsZero { get; } = new(EmptyPolicy.Skip, EmptyPolicy.FormulaOrZero, EmptyPolicy.FormulaOrZero);

    /// <summary>For distances: a miss and a false alarm count the diagonal of their image, in mm.</summary>
    public static EmptyPolicies MissCountsDiagonal { get; } = new(EmptyPolicy.Skip, EmptyPolicy.Diagonal, EmptyPolicy.Diagonal);

    /// <summary>
    /// For every metric: scores as by <see cref="MissCountsZero"/>, distances as by <see cref="MissCountsDiagonal"/>; errors that are
    /// not finite are left out.
    /// </summary>
    public static EmptyPolicies MissCountsWorst { get; } = new(EmptyPolicy.Skip, EmptyPolicy.Worst, EmptyPolicy.Worst);

    /// <summary>
    /// As the metrics of MONAI 1.5 by default (<c>ignore_empty=True</c>): structures that are not there are left out, and NaN is.
    /// <c>DiceMetric(reduction="mean")</c> is the mean over images of the means over classes, <c>MeanOfImageMeans</c>.
    /// </summary>
    public static EmptyPolicies Monai { get; } = new(EmptyPolicy.Skip, EmptyPolicy.Skip, EmptyPolicy.FormulaOrSkip);

    /// <summary>
    /// As nnU-Net 2.8 evaluates a folder: the formula counts, NaN is left out (<c>nanmean</c>). <c>foreground_mean</c> is the mean over
    /// classes of the means over cases, <c>MeanOfClassMeans</c>, without the background.
    /// </summary>
    public static EmptyPolicies NnUnet { get; } = new(EmptyPolicy.Skip, EmptyPolicy.FormulaOrSkip, EmptyPolicy.FormulaOrSkip);

    /// <summary>For structures that are neither there nor predicted.</summary>
    public EmptyPolicy Both { get; }

    /// <summary>For structures that are predicted but not there.</summary>
    public EmptyPolicy Target { get; }

    /// <summary>For structures that are there but not predicted.</summary>
    public EmptyPolicy Prediction { get; }

    /// <summary>The three choices, for logs.</summary>
    /// <returns>For example <c>both: Skip, target: Formula, prediction: Value(50)</c>.</returns>
    public override string ToString() => $"both: {Both}, target: {Target}, prediction: {Prediction}";

    /// <summary>The number that counts, or null where the structure is left out.</summary>
    internal double? Apply(StructureValue value, MetricKind kind) => value.Empty switch
    {
        EmptyCase.None => double.IsNaN(value.Formula) ? null : value.Formula,
        EmptyCase.Target => Target.Apply(value, kind),
        EmptyCase.Prediction => Prediction.Apply(value, kind),
        _ => Both.Apply(value, kind),
    };

    /// <summary>Refuses a metric that one of the choices cannot speak of.</summary>
    internal void Check(string metric, MetricKind kind)
    {
        Both.Check(metric, kind);
        Target.Check(metric, kind);
        Prediction.Check(metric, kind);
    }
}
