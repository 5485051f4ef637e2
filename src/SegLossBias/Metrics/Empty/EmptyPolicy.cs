namespace SegLossBias;

/// <summary>What a structure with an empty mask counts in a mean.</summary>
/// <remarks>
/// A score is a metric of which more is better, such as Dice. A distance is in mm, such as HD95. An error is a metric of which
/// 0 is best and that has no largest value, such as the size error.
/// </remarks>
public sealed class EmptyPolicy
{
    private readonly string _name;
    private readonly Func<StructureValue, MetricKind, double?> _apply;
    private readonly Func<MetricKind, string?> _objection;

    private EmptyPolicy(string name, Func<StructureValue, MetricKind, double?> apply, Func<MetricKind, string?>? objection = null) =>
        (_name, _apply, _objection) = (name, apply, objection ?? (_ => null));

    /// <summary>It is left out of the mean; <see cref="MetricSummary"/> still reports it.</summary>
    public static EmptyPolicy Skip { get; } = new(nameof(Skip), (_, _) => null);

    /// <summary>It counts NaN, and so does every mean it is in.</summary>
    public static EmptyPolicy NaN { get; } = new(nameof(NaN), (_, _) => double.NaN);

    /// <summary>It counts what the metric's formula gives: NaN for 0/0, ∞ for x/0, otherwise a number such as a Dice of 0.</summary>
    public static EmptyPolicy Formula { get; } = new(nameof(Formula), (value, _) => value.Formula);

    /// <summary>It counts what the formula gives, ∞ too, and is left out where that is NaN, as by numpy's <c>nanmean</c>.</summary>
    public static EmptyPolicy FormulaOrSkip { get; } = new(nameof(FormulaOrSkip), (value, _) => double.IsNaN(value.Formula) ? null : value.Formula);

    /// <summary>It counts what the formula gives, and is left out where that is NaN or infinite.</summary>
    public static EmptyPolicy FiniteOrSkip { get; } = new(nameof(FiniteOrSkip), (value, _) => double.IsFinite(value.Formula) ? value.Formula : null);

    /// <summary>It counts what the formula gives, and 0 where that is NaN. For scores alone: 0 is the best distance and the best error.</summary>
    public static EmptyPolicy FormulaOrZero { get; } = new(
        nameof(FormulaOrZero),
        (value, _) => double.IsFinite(value.Formula) ? value.Formula : 0,
        kind => kind == MetricKind.Score ? null : "0 is its best value, so that a miss would count as a perfect result");

    /// <summary>
    /// It counts the image's diagonal √( Σ_a (s_a·n_a)² ) in mm, with n_a pixels along axis a and s_a the spacing: the largest distance
    /// of two surface elements in it. For distances alone.
    /// </summary>
    public static EmptyPolicy Diagonal { get; } = new(
        nameof(Diagonal),
        (value, _) => value.DiagonalMm ?? throw new InvalidOperationException("the diagonal of this image is not known, it comes from a file of an earlier version; measure the image again, or use EmptyPolicy.Value with a distance in mm."),
        kind => kind == MetricKind.Distance ? null : "it is no distance");

    /// <summary>It counts the worst value: of a score as <see cref="FormulaOrZero"/>, of a distance as <see cref="Diagonal"/>, of an error as <see cref="FiniteOrSkip"/>.</summary>
    public static EmptyPolicy Worst { get; } = new(nameof(Worst), (value, kind) => kind switch
    {
        MetricKind.Score => FormulaOrZero.Apply(value, kind),
        MetricKind.Distance => Diagonal.Apply(value, kind),
        _ => FiniteOrSkip.Apply(value, kind),
    });

    /// <summary>It counts this number.</summary>
    /// <param name="value">In the unit of the metric, for example 1 for Dice or 50 for a distance in mm.</param>
    public static EmptyPolicy Value(double value) => new(FormattableString.Invariant($"Value({value:R})"), (_, _) => value);

    /// <summary>The name, for logs.</summary>
    /// <returns>For example <c>Skip</c> or <c>Value(50)</c>.</returns>
    public override string ToString() => _name;

    /// <summary>The number that counts, or null where the structure is left out.</summary>
    internal double? Apply(StructureValue value, MetricKind kind) => _apply(value, kind);

    /// <summary>Refuses a metric that this policy cannot speak of.</summary>
    internal void Check(string metric, MetricKind kind)
    {
        if (_objection(kind) is { } objection)
        {
            throw new ArgumentException($"EmptyPolicy.{_name} does not fit {metric}: {objection}; use EmptyPolicies.MissCountsWorst, which fits every metric, or EmptyPolicy.Value.", "whenEmpty");
        }
    }
}
