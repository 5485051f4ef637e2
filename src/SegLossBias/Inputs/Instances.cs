using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The instances of a target, such as the single lesions: connected components as a rule.</summary>
/// <param name="Numbers">For each pixel the number of its instance, below the count, or -1: int32, [N,*], in multilabel mode [N,K,*].</param>
/// <param name="Classes">The class of each instance, int64 [N, count]; any where an image has no such instance.</param>
/// <param name="Count">B, how many instances an image has at most.</param>
internal sealed record Instances(Tensor Numbers, Tensor Classes, int Count);
