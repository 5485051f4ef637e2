using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// An operation of a formula: its number, its derivatives, its tensor and its text, side by side. A derivative that would
/// be infinite is 0, in numbers and in tensors. The second operand of an operation with one operand is 0.
/// </summary>
internal abstract partial class Operation
{
    internal static readonly Operation Add = new Sum();
    internal static readonly Operation Subtract = new Difference();
    internal static readonly Operation Multiply = new Product();
    internal static readonly Operation Divide = new Ratio();
    internal static readonly Operation Negate = new Negation();
    internal static readonly Operation Max = new Larger();
    internal static readonly Operation Min = new Smaller();
    internal static readonly Operation Abs = new AbsoluteValue();
    internal static readonly Operation Log = new Logarithm();
    internal static readonly Operation Exp = new Exponential();
    internal static readonly Operation Power = new PowerOf();
    internal static readonly Operation XLogY = new TimesLogarithm();
    internal static readonly Operation Where = new Selection();
    internal static readonly Operation WhereCounted = new CountedSelection();
    internal static readonly Operation IsCounted = new Counting();

    /// <summary>Every operation: what is listed here is tested.</summary>
    internal static IReadOnlyList<Operation> All { get; } =
        [Add, Subtract, Multiply, Divide, Negate, Max, Min, Abs, Log, Exp, Power, XLogY, Where, WhereCounted, IsCounted];

    /// <summary>False for an operation that is constant almost everywhere.</summary>
    internal virtual bool HasGradient => true;

    /// <summary>How tightly its text binds: 1 sum, 2 product, 3 a name or call.</summary>
    internal virtual int Precedence => 3;

    internal abstract double Value(double a, double b);

    /// <summary>The derivatives with respect to both operands.</summary>
    internal abstract (double OfA, double OfB) Slopes(double a, double b);

    /// <summary>The same of tensors.</summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second; the first again for an operation with one.</param>
    /// <param name="left">The formula of the first, for its bounds.</param>
    /// <param name="right">The formula of the second; likewise.</param>
    internal abstract Tensor Apply(Tensor a, Tensor b, Formula left, Formula right);

    internal abstract string Text(string a, string b);

    /// <summary>A bound from below, from those of the operands.</summary>
    internal virtual double Least(double a, double b) => double.NegativeInfinity;
}
