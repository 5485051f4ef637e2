using SegLossBias.Benchmarks.Cases;
using SegLossBias.Benchmarks.Eager;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>One way to compute a loss: the library's, or a baseline.</summary>
internal sealed class Implementation : IDisposable
{
    private readonly Func<Scene, Tensor> _loss;
    private readonly IDisposable? _owned;

    private Implementation(string name, Func<Tensor, Tensor, Tensor> loss, IDisposable? owned = null)
        : this(name, scene => loss(scene.Logits, scene.Labels), owned)
    {
    }

    private Implementation(string name, Func<Scene, Tensor> loss, IDisposable? owned = null) =>
        (Name, _loss, _owned) = (name, loss, owned);

    public static IReadOnlyList<string> Names { get; } = ["fused", "cross_entropy", "reference", "monai", "composed", "weighted", "soft", "soft_cross_entropy"];

    public string Name { get; }

    /// <summary>What is measured: the library's loss with its defaults, from fused statistics or from composed ones, as a GPU has them.</summary>
    public static Implementation Candidate(string loss, bool isComposed = false)
    {
        var module = LossFactory.Create(loss);
        return isComposed
            ? new Implementation(Names[4], (logits, labels) => Composed(module, logits, labels), module)
            : new Implementation(Names[0], module.call, module);
    }

    public static Implementation CrossEntropy() => new(Names[1], (logits, labels) => nn.functional.cross_entropy(logits, labels));

    /// <summary>The library's loss with weights of the pixels.</summary>
    public static Implementation Weighted(string loss) => OfTarget(Names[5], loss, scene => new SegmentationTarget(scene.Labels).WithPixelWeights(scene.Weights));

    /// <summary>The library's loss with soft labels.</summary>
    public static Implementation Soft(string loss) => OfTarget(Names[6], loss, scene => scene.SoftLabels);

    public static Implementation SoftCrossEntropy() => new(Names[7], scene => nn.functional.cross_entropy(scene.Logits, scene.SoftLabels));

    /// <summary>The operations of the paper's code for a loss.</summary>
    public static Implementation Reference(string loss) => new(Names[2], ReferenceLosses.Of(loss));

    /// <summary>MONAI's DiceCE: another DiceCE, per image and with smoothing.</summary>
    public static Implementation Monai() => new(Names[3], MonaiDiceCe.Evaluate);

    /// <summary>The library's loss of a row of the families.</summary>
    public static Implementation OfFamily(FamilyCase row, long classes)
    {
        var module = row.Create(classes);
        return new Implementation(Names[0], scene => row.Evaluate(module, scene.Logits, scene.Target), module);
    }

    /// <summary>The same written by hand.</summary>
    public static Implementation ByHand(FamilyCase row) => new("by hand", row.EvaluateByHand);

    /// <exception cref="ArgumentException">There is no such implementation of the loss.</exception>
    public static Implementation Create(string name, string loss) => name switch
    {
        "fused" => Candidate(loss),
        "composed" => Candidate(loss, isComposed: true),
        "cross_entropy" => CrossEntropy(),
        "reference" => Reference(loss),
        "weighted" => Weighted(loss),
        "soft" => Soft(loss),
        "soft_cross_entropy" => SoftCrossEntropy(),
        "monai" when loss == "DiceCE" => Monai(),
        _ => throw new ArgumentException($"there is no implementation '{name}' of {loss}; known are {string.Join(", ", Names)} (monai for DiceCE alone)", nameof(name)),
    };

    public Tensor Call(Scene scene) => _loss(scene);

    /// <summary>The loss of the scene, and its gradient where the logits take one; nothing is left behind.</summary>
    public void Evaluate(Scene scene)
    {
        using var scope = NewDisposeScope();
        var value = Call(scene);
        if (scene.Logits.requires_grad)
        {
            value.backward();
            scene.Logits.grad = null;
        }
    }

    public void Dispose() => _owned?.Dispose();

    private static Implementation OfTarget(string name, string loss, Func<Scene, SegmentationTarget> target)
    {
        var module = LossFactory.Create(loss);
        return new Implementation(name, scene => module.call(scene.Logits, target(scene)), module);
    }

    private static Tensor Composed(SegmentationLoss loss, Tensor logits, Tensor labels)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Composed);
        return loss.call(logits, labels);
    }
}
