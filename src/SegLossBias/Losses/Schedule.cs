using System.Globalization;

namespace SegLossBias;

/// <summary>
/// A weight λ or temperature τ as a pure function of the epoch: the same epoch always gives the same value, so a run
/// resumed at epoch e continues where it stopped without saved state. A plain number is a constant schedule. That of a
/// <see cref="BalancedLambda"/> alone is no function of the epoch; it has a state to save.
/// </summary>
/// <example><code>new RceL1Loss { Lambda = Schedule.Step(initial: 0.1, factor: 2, every: 10, max: 1) }</code></example>
public sealed class Schedule
{
    private readonly Func<int, double> _valueAt;
    private readonly string _text;
    private readonly bool _isConstant;

    private Schedule(Func<int, double> valueAt, FormattableString text, bool isConstant = false, BalancedLambda? balance = null) =>
        (_valueAt, _text, _isConstant, Balance) = (valueAt, text.ToString(CultureInfo.InvariantCulture), isConstant, balance);

    /// <summary>What sets the value, or a factor of it, within an epoch too; null for a function of the epoch alone.</summary>
    internal BalancedLambda? Balance { get; }

    /// <summary>The same value in every epoch.</summary>
    /// <param name="value">Finite, ≥ 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public static Schedule Constant(double value)
    {
        Check(value, nameof(value));
        return new(_ => value, $"{value}", isConstant: true);
    }

    /// <summary>
    /// The reference's <c>adjust_alpha</c>, value ← min(value·factor, max) after every <paramref name="every"/> epochs:
    /// min(initial · factor^⌊epoch/every⌋, max). Grows until max for factor &gt; 1; decays for factor &lt; 1.
    /// </summary>
    /// <param name="initial">The value in epoch 0, ≥ 0; used as it is even above max.</param>
    /// <param name="factor">Multiplies the value at each step, &gt; 0.</param>
    /// <param name="every">Epochs between steps, ≥ 1.</param>
    /// <param name="max">The largest value after a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static Schedule Step(double initial, double factor, int every, double max = double.PositiveInfinity)
    {
        Check(initial, nameof(initial));
        Check(factor, nameof(factor));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);

        // With factor < 1 only the first step can meet the limit, with factor ≥ 1 only the last.
        return new(epoch => (epoch / every) switch
        {
            0 => initial,
            _ when initial == 0 => 0, // Also where the power of the factor is infinite.
            var steps when factor < 1 => Math.Min(initial * factor, max) * Math.Pow(factor, steps - 1),
            var steps => Math.Min(initial * Math.Pow(factor, steps), max),
        }, $"Step({initial}, {factor}, every: {every}, max: {max})");
    }

    /// <summary>From one value to another in equal steps over so many epochs, then constant.</summary>
    /// <param name="from">The value in epoch 0.</param>
    /// <param name="to">The value from epoch <paramref name="epochs"/> on.</param>
    /// <param name="epochs">≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is less than one epoch.</exception>
    public static Schedule Linear(double from, double to, int epochs)
    {
        Check(from, nameof(from));
        Check(to, nameof(to));
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        return new(epoch => from + ((to - from) * Math.Min(epoch, epochs) / epochs), $"Linear({from}, {to}, epochs: {epochs})");
    }

    /// <summary>Any function of the epoch. It must be pure, or a resumed run will differ.</summary>
    /// <param name="valueAt">Epoch, counted from 0, to value.</param>
    public static Schedule FromFunction(Func<int, double> valueAt)
    {
        ArgumentNullException.ThrowIfNull(valueAt);
        return new(valueAt, $"FromFunction");
    }

    /// <summary>A number is a constant schedule.</summary>
    /// <param name="value">A finite number.</param>
    public static implicit operator Schedule(double value) => Constant(value);

    /// <summary>The value in force in an epoch.</summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative.</exception>
    /// <exception cref="InvalidOperationException">The function gives no finite number ≥ 0.</exception>
    public double At(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var value = _valueAt(epoch);
        return value >= 0 && double.IsFinite(value)
            ? value
            : throw new InvalidOperationException($"A weight or temperature must be finite and not negative, but its schedule gives {value} in epoch {epoch}; bound the function.");
    }

    /// <summary>The value that a balance sets.</summary>
    internal static Schedule Of(BalancedLambda balance) => new(_ => balance.Value, $"Balanced({balance.Share})", balance: balance);

    /// <summary>The product of both in every epoch.</summary>
    /// <exception cref="ArgumentException">Both are set by a balance.</exception>
    internal Schedule Times(Schedule other) => _isConstant && other._isConstant
        ? Constant(At(0) * other.At(0))
        : Balance is null || other.Balance is null
            ? new(epoch => At(epoch) * other.At(epoch), $"({this})·({other})", balance: Balance ?? other.Balance)
            : throw new ArgumentException($"a weight has one factor that a BalancedLambda sets, but {this} and {other} are both set; give the term one of them.", nameof(other));

    /// <summary>The number of a constant schedule, or how the schedule was made.</summary>
    public override string ToString() => _text;

    private static void Check(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, "a weight λ or temperature τ must be finite and not negative.");
        }
    }
}
