using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>What an absent class counts in a sum over classes and in a mean with normalised weights, against plain loops.</summary>
public class AbsentClassTests
{
    private const int Classes = 3;

    /// <summary>Two pixels of class 0, two of class 1, none of class 2.</summary>
    private static readonly long[] Labels = [0, 1, 0, 1];

    private static readonly double[] Logits = [1.2, -0.3, 0.4, 0.1, -0.7, 0.9, 0.2, 1.5, 0.3, -1.1, 0.6, -0.2];

    private static readonly double[] Weight = [1, 2, 4];

    [Theory]
    [InlineData(AbsentClass.CountZero, false)]
    [InlineData(AbsentClass.Keep, false)]
    [InlineData(AbsentClass.LeaveOut, false)]
    [InlineData(AbsentClass.CountZero, true)]
    [InlineData(AbsentClass.Keep, true)]
    [InlineData(AbsentClass.LeaveOut, true)]
    public void AbsentClass_CountsAsItSays(AbsentClass absent, bool normalizes)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new Dice
        {
            Absent = absent, Weight = Weight, NormalizesWeight = normalizes, ClassReduction = normalizes ? ClassReduction.Mean : ClassReduction.Sum,
        });
        var leaf = tensor(Logits, [1, Classes, 4], ScalarType.Float64).requires_grad_(true);
        using var value = loss.call(leaf, tensor(Labels, [1, 4]));
        value.backward();

        value.ToDouble().ShouldBeClose(Plain(Logits, absent, normalizes), Tolerance.Identity);
        var gradient = Evaluation.Numbers(leaf.grad!);
        for (var i = 0; i < Logits.Length; i++)
        {
            const double Step = 1e-5;
            double At(double change) => Plain([.. Logits.Select((z, j) => j == i ? z + change : z)], absent, normalizes);
            gradient[i].Should().BeApproximately((At(Step) - At(-Step)) / (2 * Step), 1e-8);
        }
    }

    private static double Plain(double[] logits, AbsentClass absent, bool normalizes)
    {
        var (overlap, predicted, target) = (new double[Classes], new double[Classes], new double[Classes]);
        for (var pixel = 0; pixel < Labels.Length; pixel++)
        {
            var e = Enumerable.Range(0, Classes).Select(k => Math.Exp(logits[(k * Labels.Length) + pixel])).ToArray();
            for (var k = 0; k < Classes; k++)
            {
                var (p, y) = (e[k] / e.Sum(), Labels[pixel] == k ? 1 : 0);
                (overlap[k], predicted[k], target[k]) = (overlap[k] + (p * y), predicted[k] + p, target[k] + y);
            }
        }

        var (sum, weights) = (0.0, 0.0);
        for (var k = 0; k < Classes; k++)
        {
            var isAbsent = target[k] == 0;
            sum += isAbsent && absent != AbsentClass.Keep ? 0 : Weight[k] * (1 - (2 * overlap[k] / (predicted[k] + target[k])));
            weights += isAbsent && absent == AbsentClass.LeaveOut ? 0 : Weight[k];
        }

        return normalizes ? sum / weights : sum;
    }
}
