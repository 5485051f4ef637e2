namespace SegLossBias;

/// <summary>
/// Coefficients of q in 2^f = 1 + f·q(f) for |f| ≤ ½, lowest power first. q interpolates (2^f − 1)/f at the zeros of the
/// Chebyshev polynomial of its degree plus one, which is within a few per cent of the best polynomial there is.
/// </summary>
internal static class Exp2Polynomial
{
    /// <summary>For float32, degree 5. The relative error of 2^f is below 8e-9, an eighth of a rounding error.</summary>
    internal static class Single
    {
        internal const double Q0 = 6.9314718803e-1;
        internal const double Q1 = 2.4022650761e-1;
        internal const double Q2 = 5.5503571142e-2;
        internal const double Q3 = 9.6180825573e-3;
        internal const double Q4 = 1.3390863365e-3;
        internal const double Q5 = 1.5453162945e-4;
    }

    /// <summary>For float64, degree 11. The relative error of 2^f is below 2e-16, most of it from rounding the coefficients.</summary>
    internal static class Double
    {
        internal const double Q0 = 6.9314718055994531e-1;
        internal const double Q1 = 2.4022650695910071e-1;
        internal const double Q2 = 5.5504108664821627e-2;
        internal const double Q3 = 9.6181291076284795e-3;
        internal const double Q4 = 1.3333558146406470e-3;
        internal const double Q5 = 1.5403530393370733e-4;
        internal const double Q6 = 1.5252733841556773e-5;
        internal const double Q7 = 1.3215486808705563e-6;
        internal const double Q8 = 1.0178057087733941e-7;
        internal const double Q9 = 7.0548973041554993e-9;
        internal const double Q10 = 4.455817908336064e-10;
        internal const double Q11 = 2.5729324177362304e-11;
    }
}
