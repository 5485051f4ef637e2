using System.Runtime.InteropServices;
using SegLossBias.Tests.Gradients;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>The fused primitive as a node of the graph: changes in place, second calls, gradients of gradients.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class FusedGraphTests
{
    public static TheoryData<SegmentationMode> Modes => [.. FusedScenes.Modes];

    [Theory]
    [MemberData(nameof(Modes))]
    public void LogitsChangedInPlace_AreRefusedByBackward(SegmentationMode mode) => Refuses(mode, (logits, target) => logits.add_(1));

    [Theory]
    [MemberData(nameof(Modes))]
    public void LabelsChangedInPlace_AreRefusedByBackward(SegmentationMode mode) => Refuses(mode, (logits, target) => target.fill_(1));

    /// <summary>A label that is no class by the time backward comes is no index either.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void LabelsChangedToGarbage_AreRefusedByBackward(SegmentationMode mode) => Refuses(mode, (logits, target) => target.fill_(1_000_000_007));

    /// <summary>The shape of the caller's tensors may change; the library has its own view of the same memory.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void ShapesChangedInPlace_AreRefusedByBackwardOrDoNotMatter(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        var (logits, target, expected) = Usual(loss, mode);
        var inner = logits * 1;
        var value = loss.call(inner, target);
        using (no_grad())
        {
            _ = target.unsqueeze_(0);
            _ = inner.unsqueeze_(0);
        }

        try
        {
            value.backward();
            Evaluation.Numbers(logits.grad!).Should().Equal(expected);
        }
        catch (ExternalException)
        {
            logits.grad.Should().BeNull();
        }

        StillWorks(loss, mode, expected);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void InputsDisposedBeforeBackward_DoNotMatter(SegmentationMode mode)
    {
        using var loss = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        using var scope = NewDisposeScope();
        var (logits, target, expected) = Usual(loss, mode);
        var inner = logits * 1;
        var value = loss.call(inner, target);
        inner.Dispose();
        target.Dispose();
        GC.Collect();
        value.backward();
        Evaluation.Numbers(logits.grad!).Should().Equal(expected);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void FurtherBackward_AddsTheGradientAgainOrIsRefused(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        var (logits, target, expected) = Usual(loss, mode);
        var value = loss.call(logits, target);
        value.backward(retain_graph: true);
        value.backward();
        Evaluation.Numbers(logits.grad!).Should().Equal(expected.Select(g => 2 * g));
        var times = 3;
        try
        {
            value.backward();
        }
        catch (ExternalException)
        {
            times = 2; // libtorch's own nodes free what they saved; a loss that is one node of ours keeps it.
        }

        Evaluation.Numbers(logits.grad!).ShouldBeCloseToLargest([.. expected.Select(g => times * g)], Tolerance.Float32Gradient);
        StillWorks(loss, mode, expected);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void UnusedStatistics_NeedNoGradient(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var logits = scene.LogitsTensor().requires_grad_(true);
        using var regions = RegionStatistics.Compute(logits, scene.TargetTensor(), mode, Scene.Ignore, FusedScenes.Statistics(mode));
        regions.Overlap.sum().backward(retain_graph: true);
        var alone = Evaluation.Numbers(logits.grad!);
        using (RegionPrimitive.Force(RegionImplementation.Composed))
        {
            var leaf = scene.LogitsTensor().requires_grad_(true);
            using var composed = RegionStatistics.Compute(leaf, scene.TargetTensor(), mode, Scene.Ignore, RegionStatistic.Overlap);
            composed.Overlap.sum().backward();
            alone.ShouldAllBeClose(Evaluation.Numbers(leaf.grad!), Tolerance.Identity);
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void WithoutGradient_ThereIsNoGraph(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        var (logits, target, _) = Usual(loss, mode);
        loss.call(logits.detach(), target).requires_grad.Should().BeFalse();
        using var withoutGradient = no_grad();
        loss.call(logits, target).requires_grad.Should().BeFalse();
    }

    /// <summary>The gradient of a gradient penalty is that of composed and of differences.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void GradientOfAGradient_EqualsComposedAndDifferences(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(KL)", mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 3, ignored: 0.2);
        double[] Penalty(RegionImplementation implementation)
        {
            using var forced = RegionPrimitive.Force(implementation);
            var leaf = scene.LogitsTensor().requires_grad_(true);
            var gradient = autograd.grad([loss.call(leaf, scene.TargetTensor())], [leaf], retain_graph: true, create_graph: true)[0];
            gradient.square().sum().backward();
            return Evaluation.Numbers(leaf.grad!);
        }

        var fused = Penalty(RegionImplementation.Fused);
        fused.ShouldMatch(Penalty(RegionImplementation.Composed));
        var differences = FiniteDifferences.Gradient(logits => (scene with { Logits = logits }).Evaluate(loss).Gradient.Sum(g => g * g), scene.Logits);
        fused.ShouldBeClose(differences, Tolerance.FiniteDifference);
    }

    /// <summary>A term with λ = 0 costs no pass, and the others have the gradient that they have alone.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void StatisticsWithoutUpstream_AreLeftOutOfBackward(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var statistics = new[] { RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10), RegionStatistic.Overlap };
        var (logits, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        var pass = new FusedPass(new FusedInput(SegmentationInput.Check(logits, target, mode, [Scene.Ignore])), new RegionRequest(statistics));
        var perStatistic = 2 * (int)scene.Classes;
        var upstream = new double[scene.Images * (statistics.Length + 1) * perStatistic];
        pass.Needed(upstream).Statistics.Should().BeEmpty();
        upstream.AsSpan().Fill(1);
        pass.Needed(upstream).Statistics.Should().Equal(statistics);
        for (var place = 0; place < statistics.Length; place++)
        {
            upstream.AsSpan().Clear();
            upstream[((place + 1) * perStatistic) - 1] = double.NaN;
            pass.Needed(upstream).Statistics.Should().Equal([statistics[place]]);
        }

        double[] Gradient(double lambda, params RegionStatistic[] declared)
        {
            var leaf = scene.LogitsTensor().requires_grad_(true);
            using var regions = RegionStatistics.Compute(leaf, target, mode, Scene.Ignore, declared);
            var sum = regions.NegativeLogLikelihood.sum();
            (declared.Length == 1 ? sum : sum + (lambda * regions.PredictedSize(10).square().sum()) + (lambda * regions.Overlap.sum())).backward();
            return Evaluation.Numbers(leaf.grad!);
        }

        Gradient(0, statistics).Should().Equal(Gradient(0, statistics[0]));
        Gradient(1, statistics).Should().NotEqual(Gradient(0, statistics[0]));
    }

    private static void Refuses(SegmentationMode mode, Action<Tensor, Tensor> change)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        var (logits, target, expected) = Usual(loss, mode);
        var inner = logits * 1;
        var value = loss.call(inner, target);
        using (no_grad())
        {
            change(inner, target);
        }

        FluentActions.Invoking(() => value.backward()).Should().Throw<ExternalException>();
        logits.grad.Should().BeNull();
        StillWorks(loss, mode, expected);
    }

    private static void StillWorks(SegmentationLoss loss, SegmentationMode mode, double[] expected)
    {
        var (logits, target, again) = Usual(loss, mode);
        again.Should().Equal(expected);
        loss.call(logits, target).backward();
        Evaluation.Numbers(logits.grad!).Should().Equal(expected);
    }

    private static (Tensor Logits, Tensor Target, double[] Gradient) Usual(SegmentationLoss loss, SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode, ignored: 0.3);
        var logits = scene.LogitsTensor(ScalarType.Float32);
        return (logits.requires_grad_(true), scene.TargetTensor(), Evaluation.Scalar(loss, logits, scene.TargetTensor()).Gradient);
    }
}
