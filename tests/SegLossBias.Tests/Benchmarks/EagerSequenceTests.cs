using SegLossBias.Benchmarks.Eager;

namespace SegLossBias.Tests.Benchmarks;

/// <summary>The baselines of the benchmarks compute what the library computes, or their times say nothing.</summary>
public class EagerSequenceTests
{
    private static readonly long[][] Shapes = [[2, 5, 12, 9], [2, 3, 4, 6, 5]];

    public static TheoryData<string> Losses => [.. ReferenceLosses.Names];

    public static TheoryData<string> WrittenByHand => [.. FamilyLosses.Representatives.Where(row => row.ByHand is not null).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Losses))]
    public void ReferenceSequence_HasValueAndGradientOfTheLoss(string name)
    {
        using var loss = LossFactory.Create(name);
        ShouldAgree(loss, ReferenceLosses.Of(name));
    }

    [Theory]
    [MemberData(nameof(WrittenByHand))]
    public void LossWrittenByHand_HasValueAndGradientOfTheLoss(string name)
    {
        var row = FamilyLosses.Representatives.Single(row => row.Name == name);
        foreach (var shape in Shapes)
        {
            using var loss = row.Create(shape[1]);
            ShouldAgree((logits, labels) => row.Evaluate(loss, logits, labels), row.EvaluateByHand, shape);
        }
    }

    [Fact]
    public void Families_AreMadeOfTheLossesOfTheFactory()
    {
        FamilyLosses.All.Select(row => row.Name).Should().Equal(LossFactory.Names);
        FamilyLosses.Representatives.Select(row => row.Name).Should().OnlyHaveUniqueItems();
        foreach (var row in FamilyLosses.Representatives.Concat(FamilyLosses.All))
        {
            using var loss = row.Create(4);
            loss.Terms.Should().NotBeEmpty(row.Name);
        }
    }

    [Fact]
    public void MonaiSequence_HasValueAndGradientOfDicePerImage()
    {
        using var loss = new DiceCeLoss { Lambda = 1, Penalty = new() { Pooling = Pooling.Image, Smoothing = 1e-5, Absent = AbsentClass.Keep } };
        ShouldAgree(loss, MonaiDiceCe.Evaluate);
    }

    private static void ShouldAgree(SegmentationLoss loss, Func<Tensor, Tensor, Tensor> baseline)
    {
        foreach (var shape in Shapes)
        {
            ShouldAgree(loss.call, baseline, shape);
        }
    }

    private static void ShouldAgree(Func<Tensor, Tensor, Tensor> loss, Func<Tensor, Tensor, Tensor> baseline, long[] shape)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(7, CPU);
        var logits = randn(shape, generator: generator).requires_grad_(true);
        var labels = randint(0, shape[1], [shape[0], .. shape[2..]], int64, generator: generator);
        var (value, gradient) = Run(loss, logits, labels);
        var (expected, expectedGradient) = Run(baseline, logits, labels);
        value.Should().BeApproximately(expected, 1e-5 * Math.Abs(expected));
        gradient.Zip(expectedGradient, (a, b) => Math.Abs(a - b)).Max()
            .Should().BeLessThanOrEqualTo(1e-4 * expectedGradient.Max(Math.Abs));
    }

    private static (double Value, double[] Gradient) Run(Func<Tensor, Tensor, Tensor> loss, Tensor logits, Tensor labels)
    {
        var value = loss(logits, labels);
        value.backward();
        var gradient = Evaluation.Numbers(logits.grad!);
        logits.grad = null;
        return (value.item<float>(), gradient);
    }
}
