using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>Several heads against the sum by hand.</summary>
public class MultiHeadLossTests
{
    [Fact]
    public void ValueAndGradients_AreThoseOfTheSumByHand()
    {
        using var scope = NewDisposeScope();
        var (heads, logits, targets) = Given();
        var value = heads.call(logits, targets);
        value.backward();
        var expected = heads.Heads.Sum(head => head.Weight.At(0) * Evaluation.Scalar(head.Loss, logits[head.Name], targets[head.Name]).Value);
        value.item<double>().ShouldBeClose(expected, Tolerance.Identity);
        foreach (var head in heads.Heads)
        {
            Evaluation.Numbers(logits[head.Name].grad!).ShouldBeClose(Evaluation.Scalar(head.Loss, logits[head.Name], targets[head.Name], head.Weight.At(0)).Gradient, Tolerance.Identity, head.Name);
        }
    }

    [Fact]
    public void Breakdown_HasTheValueOfEachHead()
    {
        using var scope = NewDisposeScope();
        var (heads, logits, targets) = Given();
        using var parts = heads.Breakdown(logits, targets);
        parts.Parts.Select(part => (part.Name, part.Lambda)).Should().Equal(("organs", 1.0), ("vessels", 0.5));
        parts.Parts[1].Raw.item<double>().Should().Be(heads.Heads[1].Loss.call(logits["vessels"], targets["vessels"]).item<double>());
        parts.Total.item<double>().ShouldBeClose(parts.Parts.Sum(part => part.Weighted.item<double>()), Tolerance.Identity);
        parts.ToString().Should().StartWith("heads ").And.Contain("organs ").And.Contain("0.5 × vessels ");
    }

    /// <summary>A batch that lacks the labels of a head trains the others.</summary>
    [Fact]
    public void HeadWithoutLabels_AddsNothing()
    {
        using var scope = NewDisposeScope();
        var (heads, logits, targets) = Given();
        var without = new Dictionary<string, SegmentationTarget>(targets) { ["organs"] = full_like(targets["organs"].Labels, Scene.Ignore) };
        var value = heads.call(logits, without);
        value.backward();
        value.item<double>().ShouldBeClose(0.5 * heads.Heads[1].Loss.call(logits["vessels"], targets["vessels"]).item<double>(), Tolerance.Identity);
        Evaluation.Numbers(logits["organs"].grad!).Should().OnlyContain(slope => slope == 0);
    }

    [Fact]
    public void Weights_FollowTheEpoch()
    {
        using var scope = NewDisposeScope();
        var (_, logits, targets) = Given();
        using var organs = new RceL1Loss { IgnoreIndex = Scene.Ignore };
        using var vessels = new SegmentationLoss(new Dice()) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore };
        var heads = new MultiHeadLoss(new LossHead("organs", organs, Schedule.Linear(0, 1, epochs: 2)), new LossHead("vessels", vessels));
        heads.call(logits, targets).item<double>().Should().Be(vessels.call(logits["vessels"], targets["vessels"]).item<double>(), "a head of weight 0 is left out");
        heads.SetEpoch(2);
        (organs.Epoch, vessels.Epoch).Should().Be((2, 2));
        using var parts = heads.Breakdown(logits, targets);
        parts.Parts.Select(part => part.Lambda).Should().Equal(1, 1);
    }

    [Fact]
    public void Handles_AreFreed()
    {
        using var scope = NewDisposeScope();
        var (heads, logits, targets) = Given();
        var wrong = new Dictionary<string, SegmentationTarget>(targets) { ["vessels"] = targets["vessels"].Labels.add(7) };
        LiveHandles.LeftBy(() =>
        {
            var value = heads.call(logits, targets);
            value.backward();
            value.Dispose();
            heads.Breakdown(logits, targets).Dispose();
            FluentActions.Invoking(() => heads.call(logits, wrong)).Should().Throw<ArgumentException>();
        }).Should().Be(0);
    }

    [Fact]
    public void WrongUse_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (heads, logits, targets) = Given();
        var loss = heads.Heads[0].Loss;
        Refuses(() => new MultiHeadLoss(), "there must be at least one head*");
        Refuses(() => new MultiHeadLoss(new LossHead("a", loss), new LossHead("a", loss)), "*each name once, but they are [a, a]*");
        Refuses(() => new MultiHeadLoss(new LossHead("a", loss), new LossHead("b", new RceL1Loss { Reduction = Reduction.None })), "all heads must have one reduction*[Mean, None]*");
        Refuses(() => new LossHead("", loss), "*");
        Refuses(() => new LossHead("a", null!), "loss must not be null*");
        Refuses(() => heads.call(new Dictionary<string, Tensor> { ["organs"] = logits["organs"] }, targets), "the logits of the head 'vessels' are missing, there are [organs]; the heads are [organs, vessels].*");
        Refuses(() => heads.call(logits, new Dictionary<string, SegmentationTarget> { ["organs"] = targets["organs"] }), "the target of the head 'vessels' is missing*");
        Refuses(() => heads.call(new Dictionary<string, Tensor>(logits) { ["other"] = logits["organs"] }, targets), "there are logits 'other' but no such head*");
        Refuses(() => heads.call(null!, targets), "*logits*");
        Refuses(() => heads.call(logits, null!), "*targets*");
        var none = new MultiHeadLoss(new LossHead("organs", loss, 0));
        FluentActions.Invoking(() => none.call(new Dictionary<string, Tensor> { ["organs"] = logits["organs"] }, targets)).Should().Throw<InvalidOperationException>().WithMessage("one head must count*");
    }

    private static void Refuses(Func<object> action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);

    private static (MultiHeadLoss Heads, Dictionary<string, Tensor> Logits, Dictionary<string, SegmentationTarget> Targets) Given()
    {
        var (organs, vessels) = (Scenes.Fixed(SegmentationMode.Multiclass, [2, 3, 4, 5], ignored: 0.2), Scenes.Fixed(SegmentationMode.Binary, [2, 1, 6, 7], seed: 2, ignored: 0.2));
        var heads = new MultiHeadLoss(
            new LossHead("organs", new DiceCeLoss { IgnoreIndex = Scene.Ignore }),
            new LossHead("vessels", new SegmentationLoss(new CenterlineDice()) { Mode = SegmentationMode.Binary, IgnoreIndex = Scene.Ignore }, 0.5));
        return (
            heads,
            new() { ["organs"] = organs.LogitsTensor().requires_grad_(true), ["vessels"] = vessels.LogitsTensor().requires_grad_(true) },
            new() { ["organs"] = organs.TargetTensor(), ["vessels"] = vessels.TargetTensor(), ["unread"] = organs.TargetTensor() });
    }
}
