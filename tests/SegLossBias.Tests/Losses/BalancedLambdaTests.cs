using System.Text.Json;
using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Losses;

/// <summary>A balanced λ holds the gradient of the penalty at its share of that of the other terms, and the loss sees it.</summary>
public class BalancedLambdaTests
{
    /// <summary>Logits that can have no gradient are refused in the words of the loss, before libtorch is asked for one.</summary>
    [Fact]
    public void LogitsOfIntegers_AreRefused()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in (ScalarType[])[ScalarType.Int64, ScalarType.Bool])
        {
            var balance = new BalancedLambda();
            using var loss = new SegmentationLoss(new CrossEntropy() + (balance.Schedule * new RegionSizeL1()));
            FluentActions.Invoking(() => balance.Step(loss, zeros([2, 3, 4], dtype), zeros([2, 4], ScalarType.Int64)))
                .Should().Throw<ArgumentException>().WithParameterName("logits").WithMessage($"*float32 or float64, but it is {dtype}*");
        }
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass, 0.1)]
    [InlineData(SegmentationMode.Binary, 0.5)]
    [InlineData(SegmentationMode.Multilabel, 2)]
    public void Step_SetsTheShare(SegmentationMode mode, double share)
    {
        using var scope = NewDisposeScope();
        var balance = new BalancedLambda { Share = share, Decay = 0, Every = 1, Most = 1e6 };
        using var loss = new RceL1Loss { Lambda = balance.Schedule, Mode = mode, IgnoreIndex = Scene.Ignore };
        for (var seed = 1; seed <= 3; seed++)
        {
            var scene = Scenes.Usual(mode, seed, ignored: 0.2);
            var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
            balance.Step(loss, logits, target).Should().Be(true);
            using var terms = loss.Breakdown(logits, target);

            terms.Parts[1].Lambda.Should().Be(balance.Value).And.BeGreaterThan(0);
            (balance.Value * Norm(new RegionSizeL1(), scene) / Norm(new CrossEntropy(), scene)).ShouldMatch(share, $"seed {seed}");
            terms.Total.item<double>().ShouldMatch(terms.Parts[0].Raw.item<double>() + (balance.Value * terms.Parts[1].Raw.item<double>()));
            loss.call(logits, target).item<double>().ShouldMatch(terms.Total.item<double>(), "the plan of the loss is not kept with an old λ");
        }
    }

    [Fact]
    public void Norms_AreSmoothed_AndMeasuredEveryFewSteps()
    {
        using var scope = NewDisposeScope();
        var balance = new BalancedLambda { Share = 0.3, Decay = 0.75, Every = 2, Most = 1e6, Initial = 0.01 };
        using var loss = new SegmentationLoss(new CrossEntropy() + (balance.Schedule * new RegionSizeKl()));
        balance.Value.Should().Be(0.01);
        var (m, s) = (0.0, 0.0);
        for (var step = 0; step < 6; step++)
        {
            var scene = Scenes.Usual(SegmentationMode.Multiclass, seed: step + 1);
            balance.Step(loss, scene.LogitsTensor(), scene.TargetTensor()).Should().Be(step % 2 == 0);
            if (step % 2 == 0)
            {
                var kept = step == 0 ? 0 : 0.75;
                (m, s) = ((kept * m) + ((1 - kept) * Norm(new CrossEntropy(), scene)), (kept * s) + ((1 - kept) * Norm(new RegionSizeKl(), scene)));
            }

            balance.Value.ShouldMatch(0.3 * m / s);
        }

        balance.State.Should().Be(balance.State with { Steps = 6, Measurements = 3 });
        balance.State.MatchingNorm.ShouldMatch(m);
        balance.State.PenaltyNorm.ShouldMatch(s);
    }

    [Fact]
    public void Lambda_StaysInItsBounds()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        foreach (var (share, expected) in new[] { (1e9, 0.7), (1e-9, 0.2) })
        {
            var balance = new BalancedLambda { Share = share, Least = 0.2, Most = 0.7 };
            using var loss = new RceL1Loss { Lambda = balance.Schedule };
            balance.Step(loss, scene.LogitsTensor(), scene.TargetTensor());
            balance.Value.Should().Be(expected);
        }
    }

    /// <summary>At the true sizes L1 has no gradient, and a NaN has no norm: λ stays as it was.</summary>
    [Fact]
    public void NoNorm_LeavesLambdaAsItWas()
    {
        using var scope = NewDisposeScope();
        var balance = new BalancedLambda { Every = 1, Initial = 0.4 };
        using var loss = new RceL1Loss { Lambda = balance.Schedule };
        var target = tensor(new[] { 0L, 1 }, [1, 2]);
        balance.Step(loss, zeros([1, 2, 2], ScalarType.Float64, CPU), target).Should().Be(false);
        balance.State.Should().Be(balance.State with { Measurements = 1, PenaltyNorm = 0, Value = 0.4 });
        balance.Step(loss, full([1, 2, 2], double.NaN, ScalarType.Float64, CPU), target).Should().Be(false);
        balance.State.Should().Be(balance.State with { Steps = 2, Measurements = 1, Value = 0.4 });
    }

    [Fact]
    public void Warmup_MultipliesWhatIsBalanced()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var balance = new BalancedLambda { Most = 1e6 };
        using var loss = new SegmentationLoss(new CrossEntropy() + (Schedule.Linear(0, 1, 4) * (balance.Schedule * new RegionSizeL1()))) { Epoch = 3 };
        balance.Step(loss, scene.LogitsTensor(), scene.TargetTensor());
        balance.Value.ShouldMatch(0.1 * Norm(new CrossEntropy(), scene) / Norm(new RegionSizeL1(), scene));
        using var terms = loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor());
        terms.Parts[1].Lambda.ShouldMatch(0.75 * balance.Value);
    }

    /// <summary>Written to JSON after every step and read into a new balance, the run has the same λ as one that was never stopped.</summary>
    [Fact]
    public void State_ResumesTheRun()
    {
        using var scope = NewDisposeScope();
        var (whole, resumed) = (New(), New());
        for (var step = 0; step < 7; step++)
        {
            var scene = Scenes.Usual(SegmentationMode.Multiclass, seed: step + 1);
            foreach (var balance in new[] { whole, resumed })
            {
                using var loss = new RceL1Loss { Lambda = balance.Schedule };
                balance.Step(loss, scene.LogitsTensor(), scene.TargetTensor());
            }

            var saved = JsonSerializer.Serialize(resumed.State);
            resumed = New();
            resumed.State = JsonSerializer.Deserialize<BalancedLambdaState>(saved)!;
            resumed.State.Should().Be(whole.State);
        }

        whole.State.Measurements.Should().Be(3);

        static BalancedLambda New() => new() { Every = 3, Most = 1e6 };
    }

    /// <summary>Many steps of gradient descent: λ follows, and the share holds at each of them.</summary>
    [Fact]
    public void Training_KeepsTheShare()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var balance = new BalancedLambda { Decay = 0, Every = 1, Most = 1e6 };
        using var loss = new SegmentationLoss(new CrossEntropy() + (balance.Schedule * new RegionSizeKl { Temperature = 1 }));
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        List<double> lambdas = [];
        for (var step = 0; step < 20; step++)
        {
            balance.Step(loss, logits, target);
            lambdas.Add(balance.Value);
            var now = scene with { Logits = Evaluation.Numbers(logits) };
            (balance.Value * Norm(new RegionSizeKl { Temperature = 1 }, now) / Norm(new CrossEntropy(), now)).ShouldMatch(0.1);
            var (_, gradient) = Evaluation.Scalar(loss, logits, target);
            logits = logits.sub(tensor(gradient, scene.Shape));
        }

        lambdas.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Step_LeavesNothingBehind_NorAGradient()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var balance = new BalancedLambda();
        using var loss = new RceL1Loss { Lambda = balance.Schedule };
        var (logits, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        LiveHandles.LeftBy(() => balance.Step(loss, logits, target)).Should().Be(0);
        using (no_grad())
        {
            balance.State = balance.State with { Steps = 0, Measurements = 0 };
            LiveHandles.LeftBy(() => balance.Step(loss, logits, target).Should().Be(true)).Should().Be(0);
        }

        (logits.grad is null).Should().Be(true);
    }

    [Fact]
    public void WrongUse_SaysWhatToDo()
    {
        using var scope = NewDisposeScope();
        var (balance, other) = (new BalancedLambda(), new BalancedLambda());
        var (logits, target) = (zeros([1, 2, 2], device: CPU), zeros([1, 2], ScalarType.Int64, CPU));
        using var unbalanced = new RceL1Loss { Lambda = other.Schedule };
        balance.Invoking(b => b.Step(unbalanced, logits, target)).Should().Throw<ArgumentException>().WithMessage("*set λ of the penalty to balance.Schedule*");
        using var alone = new SegmentationLoss(balance.Schedule * new RegionSizeL1());
        balance.Invoking(b => b.Step(alone, logits, target)).Should().Throw<ArgumentException>().WithMessage("*one whose λ is not*");
        Throws<ArgumentException>(() => new RegionSizeL1 { Temperature = balance.Schedule }, "*a BalancedLambda sets weights*");
        Throws<ArgumentException>(() => balance.Schedule * (other.Schedule * new RegionSizeL1()), "*one factor that a BalancedLambda sets*");
        Throws<ArgumentOutOfRangeException>(() => new BalancedLambda { Share = 0 }, "*share*");
        Throws<ArgumentOutOfRangeException>(() => new BalancedLambda { Decay = 1 }, "*decay*");
        Throws<ArgumentOutOfRangeException>(() => new BalancedLambda { Every = 0 }, "*at least 1*");
        balance.Invoking(b => b.State = b.State with { Value = double.NaN }).Should().Throw<ArgumentException>().WithMessage("*finite and not negative*");
        var crossed = new BalancedLambda { Least = 2 };
        using var bounded = new RceL1Loss { Lambda = crossed.Schedule };
        crossed.Invoking(b => b.Step(bounded, logits, target)).Should().Throw<InvalidOperationException>().WithMessage("*raise Most*");

        static void Throws<T>(Func<object> make, string message)
            where T : Exception => make.Should().Throw<T>().WithMessage(message);
    }

    /// <summary>The norm of a term's gradient, from the loss of that term alone.</summary>
    private static double Norm(LossTerm term, Scene scene)
    {
        using var loss = new SegmentationLoss(term) { Mode = scene.Mode, IgnoreIndex = Scene.Ignore };
        return Math.Sqrt(Evaluation.Scalar(loss, scene.LogitsTensor(), scene.TargetTensor()).Gradient.Sum(g => g * g));
    }
}
