using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>One term of a loss.</summary>
/// <param name="Name">The name of the term.</param>
/// <param name="Lambda">λ, the weight in force in this epoch.</param>
/// <param name="Raw">The value of the term, detached; shaped like the loss.</param>
/// <param name="Weighted">λ · <paramref name="Raw"/>, detached; these add up to the loss.</param>
public sealed record LossPart(string Name, double Lambda, Tensor Raw, Tensor Weighted);
