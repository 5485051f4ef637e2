using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>A call leaves its result and nothing else: outside and inside a user's dispose scope, on success and on error.</summary>
public class LifetimeTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OutsideAScope_OnlyTheResultLives(string name, SegmentationMode mode) => LiveHandles.LeftBy(() =>
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var (logits, target) = Usual(mode);
        var before = LiveHandles.Count;
        var value = loss.call(logits, target);
        (LiveHandles.Count - before).Should().Be(1, "the result lives");
        value.backward();
        value.Dispose();
        (LiveHandles.Count - before).Should().Be(0, "the result was disposed");
        Evaluation.Numbers(logits).Should().HaveCount((int)logits.numel(), "the inputs still live");
        Evaluation.Numbers(target).Should().HaveCount((int)target.numel(), "the inputs still live");
        logits.Dispose();
        target.Dispose();
    }).Should().Be(0, "the loss itself holds nothing once disposed");

    /// <summary>A thread that waits for its next step holds no gradient meanwhile.</summary>
    [Fact]
    public void IdleThreads_HoldNothing()
    {
        using var loss = LossTable.Create("RFL(L1)", ignoreIndex: Scene.Ignore);
        var left = new long[8];
        var threads = Enumerable.Range(0, left.Length).Select(caller => new Thread(() =>
        {
            for (var step = 0; step < 3; step++)
            {
                left[caller] += LiveHandles.LeftBy(() =>
                {
                    var (logits, target) = Usual(SegmentationMode.Multiclass);
                    var value = loss.call(logits, target);
                    value.backward();
                    value.Dispose();
                    logits.Dispose();
                    target.Dispose();
                });
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        left.Should().OnlyContain(count => count == 0);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void InsideAScope_OnlyTheResultJoinsIt(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        LiveHandles.LeftBy(() =>
        {
            using var scope = NewDisposeScope();
            var (logits, target) = Usual(mode);
            using var inner = NewDisposeScope();
            var value = loss.call(logits, target);
            inner.DisposablesView.Should().ContainSingle().Which.Should().BeSameAs(value);
            value.backward();
            inner.DisposablesCount.Should().Be(1);
            inner.Dispose();
            (value.IsInvalid, logits.IsInvalid, target.IsInvalid).Should().Be((true, false, false));
        }).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void AfterAnError_NothingLives(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var (logits, target) = Usual(mode);
        var wrongLabel = target.masked_fill(target.eq(Scene.Ignore), 99);
        (Tensor Logits, Tensor Target)[] wrong = [(logits, wrongLabel), (logits[0], target), (logits, target[0]), (logits, target.to(ScalarType.Float32).mul(0.5)), (logits.to(META), target)];
        foreach (var (badLogits, badTarget) in wrong)
        {
            LiveHandles.LeftBy(() => Given.Call(loss, badLogits, badTarget).Should().Throw<ArgumentException>()).Should().Be(0);
            LiveHandles.LeftBy(() =>
            {
                using var inner = NewDisposeScope();
                Given.Call(loss, badLogits, badTarget).Should().Throw<ArgumentException>();
                inner.DisposablesCount.Should().Be(0);
                inner.Contains(zeros(1)).Should().Be(true, "the user's scope is the current one again");
            }).Should().Be(0);
        }
    }

    /// <summary>A hook that throws after forward leaves no value behind, also where it has called a loss itself.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AfterAHookThrew_NothingLives(bool callsAnother)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);
        using var other = LossTable.Create("CE", ignoreIndex: Scene.Ignore);
        var (logits, target) = Usual(SegmentationMode.Multiclass);
        var kept = new List<Tensor>();
        loss.register_forward_hook((_, _, _, value) =>
        {
            if (callsAnother)
            {
                kept.Add(other.call(logits, target));
            }

            return value.numel() == 1 ? throw new TimeoutException() : value;
        });
        LiveHandles.LeftBy(() => Given.Call(loss, logits, target).Should().Throw<TimeoutException>()).Should().Be(kept.Count, "what the hook keeps is its own");
        LiveHandles.LeftBy(() => FluentActions.Invoking(() => loss.call(logits, new SegmentationTarget(target))).Should().Throw<TimeoutException>()).Should().Be(callsAnother ? 1 : 0);
        kept.Any(value => value.IsInvalid).Should().BeFalse();
    }

    /// <summary>What a hook gets of another loss before this one has run is the hook's, and the value of this one still is freed.</summary>
    [Fact]
    public void AfterAHookThrew_TheValueOfAnotherLossLives()
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);
        using var other = LossTable.Create("CE", ignoreIndex: Scene.Ignore);
        var (logits, target) = Usual(SegmentationMode.Multiclass);
        Tensor? kept = null;
        loss.register_forward_pre_hook((_, _, _) =>
        {
            kept = other.forward(logits, target);
            return null;
        });
        loss.register_forward_hook((_, _, _, value) => value.numel() == 1 ? throw new TimeoutException() : value);
        LiveHandles.LeftBy(() => Given.Call(loss, logits, target).Should().Throw<TimeoutException>()).Should().Be(1, "what the hook keeps is its own");
        kept!.IsInvalid.Should().BeFalse();
    }

    [Fact]
    public void ForwardWithoutCall_KeepsNoValue()
    {
        using var loss = LossTable.Create("CE", ignoreIndex: Scene.Ignore);
        var value = Forward(loss);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        value.IsAlive.Should().BeFalse("nobody holds it");

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Forward(SegmentationLoss loss)
        {
            var (logits, target) = Usual(SegmentationMode.Multiclass);
            using var withoutGradient = no_grad();
            var value = loss.forward(logits, target);
            logits.Dispose();
            target.Dispose();
            return new(value);
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Breakdown_LeavesNothingAfterDispose(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        using var scope = NewDisposeScope();
        var (logits, target) = Usual(mode);
        LiveHandles.LeftBy(() =>
        {
            using var inner = NewDisposeScope();
            var terms = loss.Breakdown(logits, target);
            inner.DisposablesCount.Should().Be(1 + (2 * terms.Parts.Count), "a total, and a raw and a weighted value for each part");
            terms.Total.backward();
            terms.Dispose();
            inner.DisposablesCount.Should().Be(0);
        }).Should().Be(0);
    }

    [Fact]
    public void TheResult_OutlivesItsInputs()
    {
        using var loss = LossTable.Create("RCE(L1)");
        var (logits, target) = Usual(SegmentationMode.Multiclass);
        target = target.clamp_max(2);
        using var expected = loss.call(logits, target);
        using var value = loss.call(logits, target);
        target.Dispose();
        logits.Dispose();
        value.backward();
        value.item<float>().Should().Be(expected.item<float>());
    }

    private static (Tensor Logits, Tensor Target) Usual(SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode, ignored: 0.3);
        using var scope = NewDisposeScope();
        var logits = scene.LogitsTensor(ScalarType.Float32).requires_grad_(true);
        return (logits.MoveToOuterDisposeScope(), scene.TargetTensor().MoveToOuterDisposeScope());
    }
}
