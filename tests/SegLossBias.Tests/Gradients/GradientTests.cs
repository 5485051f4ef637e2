using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Gradients;

/// <summary>Every gradient against central differences of the loss itself, in float64.</summary>
public class GradientTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<string> OptionNames => OptionTable.All;

    public static TheoryData<string> OptionsPerImage => OptionTable.PerImage;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryLoss_HasTheGradientOfItsDifferences(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        Check(loss, Small(mode), upstream: 1);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void UpstreamGradient_ScalesTheGradient(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Small(mode);
        var (_, gradient) = scene.Evaluate(loss);
        scene.Evaluate(loss, upstream: -2.5).Gradient.ShouldMatch([.. gradient.Select(g => -2.5 * g)], name);
    }

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void ReductionSum_HasTheGradientOfItsDifferences(string name)
    {
        var option = OptionTable.Get(name);
        using var loss = option.Build(Reduction.Sum);
        Check(loss, Small(option.Mode), upstream: 0.7);
    }

    /// <summary>Each image has an upstream gradient of its own.</summary>
    [Theory]
    [MemberData(nameof(OptionsPerImage))]
    public void ReductionNone_HasTheGradientOfItsDifferences(string name)
    {
        var option = OptionTable.Get(name);
        using var loss = option.Build(Reduction.None);
        var scene = Small(option.Mode);
        using var scope = NewDisposeScope();
        var upstream = tensor(new[] { 0.5, -3 });
        var target = scene.TargetTensor();
        var leaf = scene.LogitsTensor().requires_grad_(true);

        loss.call(leaf, target).backward([upstream]);

        var expected = FiniteDifferences.Gradient(logits => Value(scene, logits, z => loss.call(z, target).dot(upstream)), scene.Logits);
        Evaluation.Numbers(leaf.grad!).ShouldBeClose(expected, Tolerance.FiniteDifference, name);
    }

    /// <summary>3·L² + L·mean(z²) + mean(sin z): the loss occurs twice, and other terms share its logits.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void LossWithinALargerFormula_HasTheGradientOfItsDifferences(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Small(mode);
        using var scope = NewDisposeScope();
        var target = scene.TargetTensor();
        Tensor Formula(Tensor logits)
        {
            var value = loss.call(logits, target);
            return (3 * value.square()) + (value * logits.square().mean()) + logits.sin().mean();
        }

        var leaf = scene.LogitsTensor().requires_grad_(true);
        Formula(leaf).backward();

        Evaluation.Numbers(leaf.grad!).ShouldBeClose(
            FiniteDifferences.Gradient(logits => Value(scene, logits, Formula), scene.Logits), Tolerance.FiniteDifference, name);
    }

    /// <summary>Logits are seldom a leaf: they come out of a network, here 2·w, transposed.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void LogitsFromALayer_PassTheGradientOn(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Small(mode);
        using var scope = NewDisposeScope();
        var weight = (scene.LogitsTensor() / 2).transpose(1, 2).contiguous().requires_grad_(true);

        loss.call(weight.transpose(1, 2) * 2, scene.TargetTensor()).backward();

        Evaluation.Numbers(weight.grad!.transpose(1, 2)).ShouldMatch([.. scene.Evaluate(loss).Gradient.Select(g => 2 * g)], name);
    }

    private static void Check(SegmentationLoss loss, Scene scene, double upstream)
    {
        using var scope = NewDisposeScope();
        var target = scene.TargetTensor();
        var expected = FiniteDifferences.Gradient(logits => upstream * Value(scene, logits, z => loss.call(z, target)), scene.Logits);
        scene.Evaluate(loss, upstream).Gradient.ShouldBeClose(expected, Tolerance.FiniteDifference, loss.Name);
    }

    private static double Value(Scene scene, double[] logits, Func<Tensor, Tensor> function)
    {
        using var scope = NewDisposeScope();
        return function(tensor(logits, scene.Shape)).item<double>();
    }

    private static Scene Small(SegmentationMode mode) =>
        FiniteDifferences.SceneOffKinks(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 2, 3], ignored: 0.15);
}
