using TorchSharp;

namespace SegLossBias.Experiments.Common;

/// <summary>Scalars that live as long as the program.</summary>
/// <remarks>
/// <c>a + b</c> of two tensors makes a temporary 1 in TorchSharp, which the garbage collector may free while native code still
/// reads it. Where that happens in every step of a training, <c>a.add(b, One)</c> stands instead.
/// </remarks>
internal static class KeptScalars
{
    public static readonly Scalar One = 1.ToScalar();
}
