namespace SegLossBias.Experiments.Tests.Learning;

public sealed class LearningRateTests
{
    private const double Initial = 0.4;

    [Theory]
    [InlineData(RateSchedule.Constant, 0, 0.4)]
    [InlineData(RateSchedule.Constant, 99, 0.4)]
    [InlineData(RateSchedule.Cosine, 0, 0.4)]
    [InlineData(RateSchedule.Cosine, 25, 0.34142135623730951)] // 0.4 · (1 + √½)/2
    [InlineData(RateSchedule.Cosine, 50, 0.2)]
    [InlineData(RateSchedule.Cosine, 100, 0)]
    [InlineData(RateSchedule.Polynomial, 0, 0.4)]
    [InlineData(RateSchedule.Polynomial, 50, 0.21435469250725864)] // 0.4 · 2^−0.9
    [InlineData(RateSchedule.Polynomial, 90, 0.05035701647176669)] // 0.4 · 10^−0.9
    [InlineData(RateSchedule.Polynomial, 100, 0)]
    internal void FollowsItsFormula(RateSchedule schedule, int step, double expected) =>
        new LearningRate(Initial, schedule, steps: 100).At(step, [1, 2, 3, 4, 5, 6, 7, 8]).Should().BeApproximately(expected, 1e-12);

    [Fact]
    public void Plateau_HalvesAfterTheSixthEpochWithoutAFall()
    {
        // Each loss is followed by the factor of the epoch after it.
        (double Loss, double Factor)[] epochs =
        [
            (9, 1), (8, 1),
            (8, 1), (8.5, 1), (9, 1), (8, 1), (10, 1), (8, 0.5),
            (8, 0.5), (8, 0.5), (8, 0.5), (8, 0.5), (7, 0.5),
            (7, 0.5), (double.NaN, 0.5), (7, 0.5), (7, 0.5), (7, 0.5), (7, 0.25),
            (6, 0.25), (5, 0.25),
        ];
        var rates = new LearningRate(Initial, RateSchedule.Plateau, steps: 100);
        rates.At(0, []).Should().Be(Initial);
        for (var done = 1; done <= epochs.Length; done++)
        {
            rates.At(done, epochs.Take(done).Select(epoch => epoch.Loss)).Should().Be(Initial * epochs[done - 1].Factor, "{0} epochs are done", done);
        }
    }

    [Theory]
    [InlineData(ValidationMeasure.Loss, 0.5)]
    [InlineData(ValidationMeasure.Dice, -0.7)]
    [InlineData(ValidationMeasure.PooledDice, -0.8)]
    internal void TheCostOfAnEpoch_FallsAsItsMeasureGetsBetter(ValidationMeasure measure, double cost) =>
        new EpochRecord(1, 1, ValidationLoss: 0.5, "", 0.1, Dice: 0.7, Iou: 0.6, 0.1, 0.1, 1, PooledDice: 0.8).Cost(measure).Should().Be(cost);

    [Fact]
    public void TheBestEpoch_IsTheFirstOfEqualsAndNeverOneWithoutAValue()
    {
        EpochRecord Epoch(int epoch, double dice) => new(epoch, 1, 1, "", 0.1, dice, 0.6, 0.1, 0.1, 1);
        EpochRecord.Best([Epoch(1, double.NaN), Epoch(2, 0.4), Epoch(3, 0.6), Epoch(4, 0.6), Epoch(5, 0.5)], ValidationMeasure.Dice)!.Epoch.Should().Be(3);
        EpochRecord.Best([], ValidationMeasure.Dice).Should().BeNull();
    }
}
