using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <content>The four operations, the negative, the larger and the smaller.</content>
internal abstract partial class Operation
{
    private sealed class Sum : Operation
    {
        internal override int Precedence => 1;

        internal override double Value(double a, double b) => a + b;

        internal override (double OfA, double OfB) Slopes(double a, double b) => (1, 1);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => a.Plus(b);

        internal override string Text(string a, string b) => $"{a} + {b}";

        internal override double Least(double a, double b) => a + b;
    }

    private sealed class Difference : Operation
    {
        internal override int Precedence => 1;

        internal override double Value(double a, double b) => a - b;

        internal override (double OfA, double OfB) Slopes(double a, double b) => (1, -1);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => a.sub(b);

        internal override string Text(string a, string b) => $"{a} − {b}";
    }

    private sealed class Product : Operation
    {
        internal override int Precedence => 2;

        internal override double Value(double a, double b) => a * b;

        internal override (double OfA, double OfB) Slopes(double a, double b) => (b, a);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => a.mul(b);

        internal override string Text(string a, string b) => $"{a}·{b}";

        internal override double Least(double a, double b) => a >= 0 && b >= 0 ? a * b : double.NegativeInfinity;
    }

    /// <summary>a / b, 0 where b = 0.</summary>
    private sealed class Ratio : Operation
    {
        internal override int Precedence => 2;

        internal override double Value(double a, double b) => b == 0 ? 0 : a / b;

        internal override (double OfA, double OfB) Slopes(double a, double b) => b == 0 ? (0, 0) : (1 / b, -a / b / b);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right)
        {
            if (right.Least > 0)
            {
                return a.div(b);
            }

            var isZero = b.IsZero();
            return a.div(b.OneWhere(isZero)).ZeroWhere(isZero);
        }

        internal override string Text(string a, string b) => $"{a} / {b}";

        internal override double Least(double a, double b) => a >= 0 && b >= 0 ? 0 : double.NegativeInfinity;
    }

    private sealed class Negation : Operation
    {
        internal override int Precedence => 1;

        internal override double Value(double a, double b) => -a;

        internal override (double OfA, double OfB) Slopes(double a, double b) => (-1, 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => a.neg();

        internal override string Text(string a, string b) => $"−{a}";
    }

    private sealed class Larger : Operation
    {
        internal override double Value(double a, double b) => Math.Max(a, b);

        internal override (double OfA, double OfB) Slopes(double a, double b) => a >= b || double.IsNaN(a) ? (1, 0) : (0, 1);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) =>
            right is ConstantFormula { Width: 1 } bound ? a.AtLeast(bound.Number) : a.FirstUnless(b.gt(a).bitwise_or(b.IsNotANumber()), b);

        internal override string Text(string a, string b) => $"max({a}, {b})";

        internal override double Least(double a, double b) => Math.Max(a, b);
    }

    private sealed class Smaller : Operation
    {
        internal override double Value(double a, double b) => Math.Min(a, b);

        internal override (double OfA, double OfB) Slopes(double a, double b) => a <= b || double.IsNaN(a) ? (1, 0) : (0, 1);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) =>
            right is ConstantFormula { Width: 1 } bound ? a.AtMost(bound.Number) : a.FirstUnless(b.lt(a).bitwise_or(b.IsNotANumber()), b);

        internal override string Text(string a, string b) => $"min({a}, {b})";

        internal override double Least(double a, double b) => Math.Min(a, b);
    }
}
