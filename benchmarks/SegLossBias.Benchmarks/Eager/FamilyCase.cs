using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Eager;

/// <summary>A loss of a family, and where a user would write it in TorchSharp, that.</summary>
/// <param name="Family">The family.</param>
/// <param name="Name">The loss in tables.</param>
/// <param name="Settings">What <see cref="LossFactory"/> builds it from for K classes, as JSON.</param>
/// <param name="ByHand">The same in TorchSharp; null where nobody would write it so.</param>
/// <param name="IsPerPixel">Whether the values of the pixels are asked for, [N,*].</param>
internal sealed record FamilyCase(string Family, string Name, Func<long, string> Settings, Func<Tensor, Tensor, Tensor>? ByHand = null, bool IsPerPixel = false)
{
    /// <summary>A loss with its defaults.</summary>
    public static FamilyCase Of(string family, string loss, Func<Tensor, Tensor, Tensor>? byHand = null) => new(family, loss, _ => $$"""{ "name": "{{loss}}" }""", byHand);

    /// <summary>The loss for K classes.</summary>
    public SegmentationLoss Create(long classes) => LossFactory.FromJson(Settings(classes));

    /// <summary>A scalar: the loss, or the sum over its pixels.</summary>
    public Tensor Evaluate(SegmentationLoss loss, Tensor logits, SegmentationTarget target) =>
        IsPerPixel ? Sum(loss.PerPixel(logits, target)) : loss.call(logits, target);

    /// <summary>The same by hand.</summary>
    public Tensor EvaluateByHand(Tensor logits, Tensor labels) => IsPerPixel ? Sum(ByHand!(logits, labels)) : ByHand!(logits, labels);

    private static Tensor Sum(Tensor values)
    {
        using (values)
        {
            return values.sum();
        }
    }
}
