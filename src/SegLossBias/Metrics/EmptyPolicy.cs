namespace SegLossBias;

/// <summary>What a structure with an empty mask counts in a mean.</summary>
public sealed class EmptyPolicy
{
    private readonly string _name;
    private readonly Func<double, double?> _apply;

    private EmptyPolicy(string name, Func<double, double?> apply) => (_name, _apply) = (name, apply);

    /// <summary>It is left out of the mean; <see cref="MetricSummary"/> still reports it.</summary>
    public static EmptyPolicy Skip { get; } = new(nameof(Skip), _ => null);

    /// <summary>It counts NaN, and so does every mean it is in.</summary>
    public static EmptyPolicy NaN { get; } = new(nameof(NaN), _ => double.NaN);

    /// <summary>It counts what the metric's formula gives: NaN for 0/0, ∞ for x/0, otherwise a number such as a Dice of 0.</summary>
    public static EmptyPolicy Formula { get; } = new(nameof(Formula), value => value);

    /// <summary>It counts this number.</summary>
    /// <param name="value">In the unit of the metric, for example 1 for Dice or the image's diagonal in mm for a distance.</param>
    public static EmptyPolicy Value(double value) => new(FormattableString.Invariant($"Value({value:R})"), _ => value);

    /// <summary>The name, for logs.</summary>
    /// <returns>For example <c>Skip</c> or <c>Value(50)</c>.</returns>
    public override string ToString() => _name;

    /// <summary>The number that counts, or null where the structure is left out.</summary>
    internal double? Apply(double formula) => _apply(formula);
}
