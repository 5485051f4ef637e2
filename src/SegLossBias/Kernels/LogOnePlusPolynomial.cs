namespace SegLossBias;

/// <summary>
/// Coefficients of q in log(1 + x) = x·q(x) for 0 ≤ x ≤ 1 in float32, lowest power first. q interpolates log(1 + x)/x at the
/// zeros of the Chebyshev polynomial of degree 10 on [0, 1]. The relative error of the logarithm is below 9e-9, a seventh
/// of a rounding error.
/// </summary>
internal static class LogOnePlusPolynomial
{
    internal const double Q0 = 9.9999999466e-1;
    internal const double Q1 = -4.9999892648e-1;
    internal const double Q2 = 3.3329710499e-1;
    internal const double Q3 = -2.4951616263e-1;
    internal const double Q4 = 1.9663274257e-1;
    internal const double Q5 = -1.5269667074e-1;
    internal const double Q6 = 1.0543623795e-1;
    internal const double Q7 = -5.6373612830e-2;
    internal const double Q8 = 1.9542527261e-2;
    internal const double Q9 = -3.1760570184e-3;
}
