using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

public class ScheduleTests
{
    /// <summary>The reference's adjust_alpha, run epoch by epoch.</summary>
    private static double Simulate(double alpha, double factor, int every, double max, int epoch)
    {
        for (var past = 1; past <= epoch; past++)
        {
            alpha = past % every == 0 ? Math.Min(alpha * factor, max) : alpha;
        }

        return alpha;
    }

    [Fact]
    public void Step_IsTheReferencesAdjustAlpha() =>
        Gen.Select(Gen.Double[0, 3], Gen.Double[0.2, 3], Gen.Int[1, 7], Gen.Double[0.1, 4], Gen.Int[0, 40]).Sample((initial, factor, every, max, epoch) =>
            Schedule.Step(initial, factor, every, max).At(epoch)
                .ShouldBeClose(Simulate(initial, factor, every, max, epoch), Tolerance.Identity));

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(9, 0.1)]
    [InlineData(10, 0.2)]
    [InlineData(29, 0.4)]
    [InlineData(30, 0.8)]
    [InlineData(40, 1)]
    [InlineData(100_000, 1)]
    public void Step_GrowsUntilMax(int epoch, double expected) =>
        Schedule.Step(initial: 0.1, factor: 2, every: 10, max: 1).At(epoch).ShouldBeClose(expected, Tolerance.Identity);

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 8.2)]
    [InlineData(3, 4.6)]
    [InlineData(5, 1)]
    [InlineData(500, 1)]
    public void Linear_GoesFromOneValueToTheOther(int epoch, double expected) =>
        Schedule.Linear(from: 10, to: 1, epochs: 5).At(epoch).ShouldBeClose(expected, Tolerance.Identity);

    [Fact]
    public void Number_IsAConstantSchedule()
    {
        Schedule schedule = 0.3;
        (schedule.At(0), schedule.At(1), schedule.At(int.MaxValue)).Should().Be((0.3, 0.3, 0.3));
        Schedule.FromFunction(epoch => epoch * 2).At(21).Should().Be(42);
    }

    [Fact]
    public void StepFromZero_StaysZero() => Schedule.Step(0, 2, every: 1).At(2000).Should().Be(0);

    [Fact]
    public void ResumedLoss_EqualsOneThatRanUpToThatEpoch()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        static RceL1Loss Create() => new() { Lambda = Schedule.Step(0.1, 2, every: 3, max: 1), Penalty = new() { Temperature = Schedule.Linear(1, 10, epochs: 8) } };
        using var running = Create();
        var seen = new List<double>();
        for (var epoch = 0; epoch < 12; epoch++)
        {
            running.Epoch = epoch;
            seen.Add(scene.Evaluate(running).Value);
            using var resumed = Create();
            resumed.Epoch = epoch;
            scene.Evaluate(resumed).Value.Should().Be(seen[^1]);
            using var constant = new RceL1Loss { Lambda = Math.Min(0.1 * Math.Pow(2, epoch / 3), 1), Penalty = new RegionSizeL1 { Temperature = 1 + (9 * Math.Min(epoch, 8) / 8.0) } };
            seen[^1].ShouldBeClose(scene.Evaluate(constant).Value, Tolerance.Identity, $"epoch {epoch}");
        }

        seen.Take(9).Should().OnlyHaveUniqueItems("λ or τ changes in each of these epochs");
    }

    [Fact]
    public void BadParameters_AreRefused()
    {
        Action[] bad =
        [
            () => Schedule.Step(-1, 2, 1), () => Schedule.Step(double.NaN, 2, 1), () => Schedule.Step(1, 0, 1), () => Schedule.Step(1, -2, 1),
            () => Schedule.Step(1, 2, 0), () => Schedule.Linear(0, 1, 0), () => Schedule.Constant(1).At(-1),
        ];
        foreach (var action in bad)
        {
            action.Should().Throw<ArgumentOutOfRangeException>();
        }

        FluentActions.Invoking(() => Schedule.FromFunction(null!)).Should().Throw<ArgumentNullException>();
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void BadValue_IsRefusedInItsEpoch(double value)
    {
        var schedule = Schedule.FromFunction(epoch => epoch == 3 ? value : 1);
        schedule.At(2).Should().Be(1);
        FluentActions.Invoking(() => schedule.At(3)).Should().Throw<InvalidOperationException>().WithMessage($"*gives {value} in epoch 3*");

        using var scope = NewDisposeScope();
        using var loss = new RceL1Loss { Lambda = schedule };
        loss.Epoch = 3;
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Temperature_OutsideItsRange_IsRefusedWhenTheLossIsBuiltOrInItsEpoch()
    {
        FluentActions.Invoking(() => new SegmentationLoss(new RegionSizeL1 { Temperature = 0 })).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*temperature*");
        FluentActions.Invoking(() => new SegmentationLoss(new RegionSizeKl { Temperature = -1 })).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*temperature*");
        using var loss = new SegmentationLoss(new RegionSizeL1 { Temperature = Schedule.Linear(1, 0, epochs: 4) });
        loss.Epoch = 4;
        FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*temperature*");
        FluentActions.Invoking(() => loss.Epoch = -1).Should().Throw<ArgumentOutOfRangeException>();
    }
}
