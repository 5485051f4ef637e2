using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <content>Functions, and what leaves regions out.</content>
internal abstract partial class Operation
{
    private sealed class AbsoluteValue : Operation
    {
        internal override double Value(double a, double b) => Math.Abs(a);

        internal override (double OfA, double OfB) Slopes(double a, double b) => (a > 0 ? 1 : a < 0 ? -1 : a == 0 ? 0 : double.NaN, 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => a.Magnitude();

        internal override string Text(string a, string b) => $"|{a}|";

        internal override double Least(double a, double b) => Math.Max(a, 0);
    }

    private sealed class Logarithm : Operation
    {
        internal override double Value(double a, double b) => Math.Log(a);

        internal override (double OfA, double OfB) Slopes(double a, double b) => (a == 0 ? 0 : 1 / a, 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right)
        {
            if (left.Least > 0)
            {
                return a.log();
            }

            var isZero = a.IsZero();
            return a.OneWhere(isZero).log().MinusInfinityWhere(isZero);
        }

        internal override string Text(string a, string b) => $"log({a})";
    }

    private sealed class Exponential : Operation
    {
        internal override double Value(double a, double b) => Math.Exp(a);

        internal override (double OfA, double OfB) Slopes(double a, double b) => (Math.Exp(a), 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => a.exp();

        internal override string Text(string a, string b) => $"exp({a})";

        internal override double Least(double a, double b) => 0;
    }

    /// <summary>a^b for a ≥ 0 and a number b ≥ 0.</summary>
    private sealed class PowerOf : Operation
    {
        internal override double Value(double a, double b) => Math.Pow(a, b);

        internal override (double OfA, double OfB) Slopes(double a, double b) => (b == 0 || (a == 0 && b < 1) ? 0 : b * Math.Pow(a, b - 1), 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right)
        {
            var exponent = ((ConstantFormula)right).Number;
            if (left.Least > 0 || double.IsInteger(exponent))
            {
                return a.Power(exponent);
            }

            // Some derivative of a^q is infinite at 0.
            var isZero = a.IsZero();
            return a.OneWhere(isZero).Power(exponent).ZeroWhere(isZero);
        }

        internal override string Text(string a, string b) => $"{a}^{b}";

        internal override double Least(double a, double b) => 0;
    }

    /// <summary>a · ln b, 0 where a = 0.</summary>
    private sealed class TimesLogarithm : Operation
    {
        internal override double Value(double a, double b) => a == 0 ? 0 : a * Math.Log(b);

        internal override (double OfA, double OfB) Slopes(double a, double b) => a == 0 || b == 0 ? (0, 0) : (Math.Log(b), a / b);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right)
        {
            var isZero = a.IsZero();
            var positive = b.OneWhere(isZero);
            if (right.Least > 0)
            {
                return a.xlogy(positive);
            }

            var isInfinite = positive.IsZero();
            return a.xlogy(positive.OneWhere(isInfinite)).FirstUnless(isInfinite, a.detach().Times(double.NegativeInfinity));
        }

        internal override string Text(string a, string b) => $"{a}·log({b})";

        internal override int Precedence => 2;
    }

    /// <summary>a where b is positive, else 0.</summary>
    private sealed class Selection : Operation
    {
        internal override double Value(double a, double b) => b > 0 ? a : 0;

        internal override (double OfA, double OfB) Slopes(double a, double b) => (b > 0 ? 1 : 0, 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => right.Least > 0 ? a : a.FirstUnless(b.IsNotPositive(), null);

        internal override string Text(string a, string b) => $"[{b} > 0]·{a}";

        internal override int Precedence => 2;

        internal override double Least(double a, double b) => Math.Min(a, 0);
    }

    /// <summary>a where b is positive or a is NaN, else 0.</summary>
    private sealed class CountedSelection : Operation
    {
        internal override double Value(double a, double b) => b > 0 || double.IsNaN(a) ? a : 0;

        internal override (double OfA, double OfB) Slopes(double a, double b) => (b > 0 || double.IsNaN(a) ? 1 : 0, 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => a.FirstUnless(b.IsNotPositive().bitwise_and(a.IsNotANumber().bitwise_not()), null);

        internal override string Text(string a, string b) => $"[{b} > 0]·{a}";

        internal override int Precedence => 2;

        internal override double Least(double a, double b) => Math.Min(a, 0);
    }

    /// <summary>1 where b is positive or a is NaN, else 0.</summary>
    private sealed class Counting : Operation
    {
        internal override bool HasGradient => false;

        internal override double Value(double a, double b) => b > 0 || double.IsNaN(a) ? 1 : 0;

        internal override (double OfA, double OfB) Slopes(double a, double b) => (0, 0);

        internal override Tensor Apply(Tensor a, Tensor b, Formula left, Formula right) => b.IsPositive().bitwise_or(a.IsNotANumber()).to(a.dtype);

        internal override string Text(string a, string b) => $"[{b} > 0]";

        internal override double Least(double a, double b) => 0;
    }
}
