using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The one differentiable primitive, logits and labels to region statistics. Implementations agree in value and
/// gradient; they differ in how they walk over memory.
/// </summary>
internal interface IRegionPrimitive
{
    /// <summary>What it is, for diagnostics.</summary>
    string Implementation { get; }

    /// <summary>Pixels that are not ignored: [N,1], in multilabel mode [N,K].</summary>
    Tensor ValidSize { get; }

    /// <summary>True size of each class in pixels, [N,K].</summary>
    Tensor TargetSize { get; }

    /// <summary>The statistic of the classes, or of everything outside each class (<paramref name="background"/>), [N,K].</summary>
    Tensor Compute(RegionStatistic statistic, bool background);
}
