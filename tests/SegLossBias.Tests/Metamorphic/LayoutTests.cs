using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Metamorphic;

/// <summary>How the numbers lie in memory, and how the target is written, is no part of the problem.</summary>
public class LayoutTests
{
    public static TheoryData<string> Names => LossTable.Names;

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Strides_ChangeNeitherValueNorGradient(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 8, ignored: 0.2);
        var (value, gradient) = scene.Evaluate(loss);
        foreach (var layout in (Func<Tensor, Tensor>[])[ChannelsLast, Transposed, EverySecond, Offset])
        {
            using var scope = NewDisposeScope();
            var logits = layout(scene.LogitsTensor()).detach().requires_grad_(true);
            var target = mode == SegmentationMode.Multilabel ? layout(scene.TargetTensor()) : layout(scene.TargetTensor().unsqueeze(1)).squeeze(1);
            logits.is_contiguous().Should().Be(mode == SegmentationMode.Binary && layout == ChannelsLast, "the layouts are to differ; one channel last is one channel first");

            var result = loss.call(logits, target);
            result.backward();

            result.item<double>().ShouldMatch(value, $"{name} {layout.Method.Name}");
            Evaluation.Numbers(logits.grad!).ShouldMatch(gradient, $"{name} {layout.Method.Name}");
        }
    }

    /// <summary>One pixel's logits shown at every pixel by strides of 0: the gradient is what is left after adding up.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void ExpandedLogits_AddTheirGradientsUp(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 8, ignored: 0.2);
        using var scope = NewDisposeScope();
        var pixel = scene.LogitsTensor()[.., .., ..1, ..1].detach().clone().requires_grad_(true);
        var result = loss.call(pixel.expand(scene.Shape), scene.TargetTensor());
        result.backward();

        var (value, gradient) = Evaluation.Scalar(loss, pixel.detach().expand(scene.Shape).contiguous(), scene.TargetTensor());
        result.item<double>().ShouldMatch(value, name);
        Evaluation.Numbers(pixel.grad!).ShouldMatch(Evaluation.Numbers(tensor(gradient, scene.Shape).sum([2, 3])), name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OneHotTarget_EqualsClassIndices(string name)
    {
        using var loss = LossTable.Create(name, SegmentationMode.Multiclass, Scene.Ignore);
        Scenes.Any(SegmentationMode.Multiclass, withIgnored: true).Sample(
            scene =>
            {
                using var scope = NewDisposeScope();
                var indices = scene.TargetTensor();
                var channels = arange(scene.Classes).reshape([1, scene.Classes, .. Enumerable.Repeat(1L, scene.Shape.Length - 2)]);
                var oneHot = indices.unsqueeze(1).eq(channels).to(ScalarType.Int64).masked_fill(indices.unsqueeze(1).eq(Scene.Ignore), Scene.Ignore);

                var (value, gradient) = scene.Evaluate(loss);
                var (same, sameGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), oneHot);
                same.ShouldBeClose(value, 0, name);
                sameGradient.ShouldBeClose(gradient, 0, name);
            },
            iter: 10);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void TargetType_AndAChannelOfOne_ChangeNothing(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, mode == SegmentationMode.Multiclass ? 3 : 2);
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, seed: 9, ignored: 0.2);
        var marked = scene with { Labels = [.. scene.Labels.Select(label => label == Scene.Ignore ? loss.IgnoreIndex!.Value : label)] };
        var (value, gradient) = marked.Evaluate(loss);
        foreach (var type in (ScalarType[])[ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32])
        {
            var target = marked.TargetTensor(type);
            foreach (var shaped in mode == SegmentationMode.Multilabel ? [target] : new[] { target, target.unsqueeze(1) })
            {
                var (same, sameGradient) = Evaluation.Scalar(loss, marked.LogitsTensor(), shaped);
                same.ShouldBeClose(value, 0, name);
                sameGradient.ShouldBeClose(gradient, 0, name);
            }
        }
    }

    private static Tensor ChannelsLast(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private static Tensor Transposed(Tensor tensor) => tensor.transpose(2, 3).contiguous().transpose(2, 3);

    private static Tensor EverySecond(Tensor tensor) => tensor.repeat_interleave(2, dim: 3)[.., .., .., TensorIndex.Slice(step: 2)];

    /// <summary>A window in a larger tensor.</summary>
    private static Tensor Offset(Tensor tensor) => nn.functional.pad(tensor, [2, 1, 1, 3])[.., .., 1..^3, 2..^1];
}
