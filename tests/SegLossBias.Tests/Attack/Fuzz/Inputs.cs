namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>The tensors of one call, as a caller would hold them; a null is one that the caller forgot.</summary>
internal sealed class Inputs
{
    internal Tensor? Logits { get; set; }

    internal Tensor? Labels { get; set; }

    internal Tensor? Weights { get; set; }

    /// <summary>The map "distance".</summary>
    internal Tensor? Map { get; set; }

    internal Tensor? Instances { get; set; }

    /// <summary>What the numbers in the tensors are.</summary>
    internal required Scene Scene { get; set; }

    internal SegmentationTarget Target() => Library.Value(() =>
    {
        var target = Weights is null ? SegmentationTarget.FromTensor(Labels!) : new SegmentationTarget(Labels!).WithPixelWeights(Weights);
        target = Map is null ? target : Weights is null ? target.WithMap("distance", Map, MapUnit.Pixels) : target.WithMap("distance", Map);
        return Instances is null ? target : target.WithInstances(Instances);
    });

    /// <summary>Reads the numbers of logits, labels and weights back, since a form of a tensor may have changed them.</summary>
    internal void ReadBack()
    {
        var scene = Scene with { Logits = Evaluation.Numbers(Logits!) };
        Scene = scene.Soft is not null ? scene
            : scene with { Labels = [.. Evaluation.Numbers(Labels!).Select(label => (long)label)] };
    }
}
