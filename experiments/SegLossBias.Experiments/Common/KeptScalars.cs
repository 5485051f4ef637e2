using TorchSharp;

namespace SegLossBias.Experiments.Common;

/// <summary>Scalars that live as long as the program.</summary>
/// <remarks>
/// <c>a + b</c> of two tensors makes a temporary 1 in TorchSharp, and <c>a * 2</c> a temporary 2, which the garbage collector may free
/// while native code still reads it. <c>a.add(b, One)</c> and <c>a.mul(two)</c> with a kept scalar stand instead.
/// </remarks>
internal static class KeptScalars
{
    public static readonly Scalar Zero = 0.ToScalar();

    public static readonly Scalar One = 1.ToScalar();

    /// <summary>The largest byte.</summary>
    public static readonly Scalar FullRange = 255f.ToScalar();

    /// <summary>The number of masks for pixels to leave out.</summary>
    public static readonly Scalar Ignored = 255L.ToScalar();
}
