namespace SegLossBias.Tests.Losses;

/// <summary>What a class without a pixel does to generalised Dice.</summary>
public class GeneralizedDiceTests
{
    /// <summary>100 pixels of classes 0 and 1, none of class 2.</summary>
    private static Scene Predicted(double right, double absent = -1e4) => new(
        SegmentationMode.Multiclass,
        [1, 3, 200],
        [.. from k in Enumerable.Range(0, 3) from pixel in Enumerable.Range(0, 200) select k == 2 ? absent : (pixel < 100 ? 0 : 1) == k ? right : 0],
        [.. Enumerable.Range(0, 200).Select(pixel => pixel < 100 ? 0L : 1)]);

    [Theory]
    [InlineData(AbsentWeight.LeaveOut)]
    [InlineData(AbsentWeight.Largest)]
    public void PerfectPrediction_CostsNothing(AbsentWeight absent)
    {
        using var loss = new SegmentationLoss(new GeneralizedDice { Absent = absent });
        Predicted(right: 1e4).Evaluate(loss).Value.Should().Be(0);
    }

    /// <summary>p = 1 − 1.2e-5 for the right class, half of the rest for the absent one.</summary>
    [Theory]
    [InlineData(AbsentWeight.LeaveOut, 9e-6)]
    [InlineData(AbsentWeight.Largest, 1.2e-5)]
    [InlineData(AbsentWeight.Bounded, 0.999997)]
    public void NearlyPerfectPrediction_CostsLittleUnlessTheAbsentClassDominates(AbsentWeight absent, double expected)
    {
        // p = 1 / (1 + 2·e^−z).
        var right = -Math.Log(1.2e-5 / 2 / (1 - 1.2e-5));
        using var loss = new SegmentationLoss(new GeneralizedDice { Absent = absent });
        Predicted(right, absent: 0).Evaluate(loss).Value.ShouldBeClose(expected, 2e-6, absent.ToString());
    }

    /// <summary>Mass that an absent class takes away is an error of the others alone, or its own too.</summary>
    [Fact]
    public void AbsentClass_WeighsAsMuchAsTheSmallest()
    {
        using var largest = new SegmentationLoss(new GeneralizedDice());
        using var leaveOut = new SegmentationLoss(new GeneralizedDice { Absent = AbsentWeight.LeaveOut });
        var scene = Predicted(right: 20, absent: 20);
        leaveOut.ToString().Should().Contain("Absent = LeaveOut");
        scene.Evaluate(leaveOut).Value.ShouldBeClose(1.0 / 3, 1e-7); // 1 − 2·100 / (100 + 200)
        scene.Evaluate(largest).Value.ShouldBeClose(0.5, 1e-7); // 1 − 2·100 / (100 + 100 + 200)
    }

    [Theory]
    [InlineData(AbsentWeight.LeaveOut)]
    [InlineData(AbsentWeight.Largest)]
    public void ImageInWhichNothingWeighs_CountsZero(AbsentWeight absent)
    {
        using var loss = new SegmentationLoss(new GeneralizedDice { Absent = absent, Pooling = Pooling.Image }) { Mode = SegmentationMode.Multilabel, Reduction = Reduction.None };
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multilabel);
        var target = scene.TargetTensor();
        target[0] = tensor(0L);
        var (values, gradient) = Evaluation.Run(loss, scene.LogitsTensor(), target);
        (values[0], values[1]).Should().Match<(double First, double Second)>(value => value.First == 0 && value.Second > 0.1);
        gradient[..(gradient.Length / 2)].Should().OnlyContain(entry => entry == 0);
    }
}
