using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Gradients;

/// <summary>
/// Differentiating twice: the Hessian times a vector, as gradient penalties and second-order methods take it. L1 is
/// left out with its compounds of that kind: at its kink it has no second derivative, and elsewhere that of a mean.
/// TorchSharp frees the graph, even with create_graph, unless retain_graph says otherwise.
/// </summary>
public class SecondDerivativeTests
{
    public static TheoryData<string, SegmentationMode> SmoothNamesAndModes => LossTable.Where(row => row.IsSmooth);

    [Theory]
    [MemberData(nameof(SmoothNamesAndModes))]
    public void HessianTimesVector_IsTheDifferenceOfGradients(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.2);
        var random = new Random(5);
        var direction = scene.Logits.Select(_ => (2 * random.NextDouble()) - 1).ToArray();

        using var scope = NewDisposeScope();
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var gradient = autograd.grad([loss.call(leaf, scene.TargetTensor())], [leaf], retain_graph: true, create_graph: true)[0];
        var product = autograd.grad([(gradient * tensor(direction, scene.Shape)).sum()], [leaf])[0];

        var expected = FiniteDifferences.Directional(logits => (scene with { Logits = logits }).Evaluate(loss).Gradient, scene.Logits, direction);
        Evaluation.Numbers(product).ShouldBeClose(expected, Tolerance.FiniteDifference, name);
    }

    /// <summary>The first derivative is the same whether or not a graph of it is asked for.</summary>
    [Theory]
    [MemberData(nameof(SmoothNamesAndModes))]
    public void CreateGraph_LeavesTheFirstDerivativeAsItIs(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.2);
        using var scope = NewDisposeScope();
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var gradient = autograd.grad([loss.call(leaf, scene.TargetTensor())], [leaf], retain_graph: true, create_graph: true)[0];
        Evaluation.Numbers(gradient).ShouldMatch(scene.Evaluate(loss).Gradient, name);
    }
}
