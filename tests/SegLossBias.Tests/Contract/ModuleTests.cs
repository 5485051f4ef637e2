using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>A loss is a module like any other.</summary>
public class ModuleTests
{
    public static TheoryData<string> Names => LossTable.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void UnderNoGrad_GivesTheSameValueUnconnected(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        var expected = loss.call(logits.requires_grad_(true), target);
        expected.requires_grad.Should().Be(true);
        using (no_grad())
        {
            var value = loss.call(logits, target);
            value.requires_grad.Should().Be(false);
            value.item<float>().Should().Be(expected.item<float>());
        }

        loss.call(logits.detach(), target).requires_grad.Should().Be(false, "nothing asks for a gradient");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inputs_AreLeftAsTheyWere(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, ignoreIndex: Scene.Ignore);
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.3);
        var (logits, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        loss.call(logits, target).backward();
        Evaluation.Numbers(logits).Should().Equal(scene.Logits);
        target.data<long>().ToArray().Should().Equal(scene.Labels);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TrainAndEval_GiveTheSame(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        loss.train();
        var training = loss.call(logits, target).item<float>();
        loss.eval();
        loss.call(logits, target).item<float>().Should().Be(training);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutWeights_HasNoStateAndMayBeMoved(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass);
        var expected = loss.call(logits, target).item<float>();
        loss.state_dict().Should().BeEmpty();
        loss.parameters().Should().BeEmpty();
        loss.to(ScalarType.Float64).to(CPU).to(ScalarType.Float16).call(logits, target).item<float>().Should().Be(expected);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void UpstreamGradient_Scales(string name)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name);
        var (logits, target) = Given.Inputs(SegmentationMode.Multiclass, ScalarType.Float64);
        var (_, gradient) = Evaluation.Scalar(loss, logits, target);
        var (_, scaled) = Evaluation.Scalar(loss, logits, target, upstream: -2.5);
        scaled.ShouldBeClose([.. gradient.Select(entry => -2.5 * entry)], Tolerance.Identity);
    }
}
