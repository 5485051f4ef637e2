namespace SegLossBias.Tests.Targets;

/// <summary>Several labels of pixels to leave out are as one.</summary>
public class IgnoreIndicesTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void SeveralLabels_AreAsOne(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.3);
        var several = scene with { Labels = [.. scene.Labels.Select((label, i) => label == Scene.Ignore ? (i % 3) switch { 0 => 255, 1 => 254, _ => 77 } : label)] };
        using var one = LossTable.Create(name, mode, Scene.Ignore);
        using var loss = Several(name, mode, 255, 254, 77);
        foreach (var dtype in (ScalarType[])[ScalarType.Int64, ScalarType.Int16, ScalarType.Byte])
        {
            var (value, gradient) = Evaluation.Scalar(loss, several.LogitsTensor(), several.TargetTensor(dtype));
            var (expected, expectedGradient) = Evaluation.Scalar(one, scene.LogitsTensor(), scene.TargetTensor(dtype));
            value.Should().Be(expected, $"{dtype}");
            gradient.Should().Equal(expectedGradient, $"{dtype}");
        }
    }

    /// <summary>Classes can be left out too, of label maps, one-hot labels and soft labels.</summary>
    [Fact]
    public void Classes_AreLeftOutOfAnyTarget()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, [2, 4, 5, 6], seed: 4);
        var marked = scene with { Labels = [.. scene.Labels.Select(label => label is 0 or 2 ? Scene.Ignore : label)] };
        using var one = LossTable.Create("RFL(KL)", SegmentationMode.Multiclass, Scene.Ignore);
        using var loss = Several("RFL(KL)", SegmentationMode.Multiclass, 0, 2, 255);
        var (expected, expectedGradient) = marked.Evaluate(one);
        var oneHot = nn.functional.one_hot(scene.TargetTensor(), 4).permute(0, 3, 1, 2);
        foreach (var target in (Tensor[])[scene.TargetTensor(), oneHot, oneHot.to(ScalarType.Bool), oneHot.to(ScalarType.Float32)])
        {
            var (value, gradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), target);
            value.ShouldBeClose(expected, Tolerance.Identity, $"{target.dtype}");
            gradient.ShouldBeClose(expectedGradient, Tolerance.Identity, $"{target.dtype}");
        }
    }

    [Fact]
    public void SoftLabels_MayHoldSeveral()
    {
        using var scope = NewDisposeScope();
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            var scene = RichScenes.Make(Scenes.Usual(mode, ignored: 0.3), "soft");
            var channels = (int)scene.Classes;
            var pixels = (int)scene.Pixels;
            var several = scene with { Soft = [.. scene.Soft!.Select((y, i) => y == Scene.Ignore ? (i % pixels % 2 == 0 ? 255 : -7) : y)] };
            using var one = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
            using var loss = Several("RCE(L1)", mode, 255, -7);
            var (expected, gradient) = scene.Evaluate(one);
            var (value, same) = several.Evaluate(loss);
            value.ShouldBeClose(expected, Tolerance.Identity, $"{mode}");
            same.ShouldBeClose(gradient, Tolerance.Identity, $"{mode}");
        }
    }

    [Fact]
    public void AnotherLabel_IsAnErrorStill()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { IgnoreIndices = [255, 254] };
        FluentActions.Invoking(() => loss.call(zeros(1, 2, 3), tensor([0L, 254, 77], [1, 3]))).Should().Throw<ArgumentException>().WithMessage("*label 77 occurs at [0, 2]*");
    }

    [Fact]
    public void Factory_TakesAList()
    {
        using var loss = LossFactory.FromJson("""{ "name": "CE", "ignoreIndices": [255, 254] }""");
        loss.IgnoreIndices.Should().Equal(255, 254);
        loss.IgnoreIndex.Should().BeNull();
        FluentActions.Invoking(() => LossFactory.FromJson("""{ "name": "CE", "ignoreIndices": [0.5] }""")).Should().Throw<ArgumentException>().WithMessage("*a list of whole numbers*");
    }

    private static SegmentationLoss Several(string name, SegmentationMode mode, params long[] ignored)
    {
        var row = LossTable.Get(name);
        return row.Terms is null
            ? LossFactory.Create(name, new Dictionary<string, object?> { ["mode"] = mode, ["ignoreIndices"] = ignored })
            : new SegmentationLoss(row.Terms()) { Mode = mode, IgnoreIndex = ignored[0], IgnoreIndices = ignored };
    }
}
