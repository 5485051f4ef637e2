using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Formulas;

/// <summary>Each operation: number, derivatives and tensor agree with each other and with differences, also where its conventions hold.</summary>
public class OperationTests
{
    private const double Step = 1e-6;

    /// <summary>Where a convention decides, or a branch ends.</summary>
    private static readonly double[] Special = [0, 1, 1e-3, 2, 0.5];

    public static TheoryData<int> Operations => [.. Enumerable.Range(0, Operation.All.Count)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Derivatives_AreTheDifferencesOfTheNumber(int index)
    {
        var operation = Operation.All[index];
        Gen.Select(Gen.Double[0.05, 3], Gen.Double[0.05, 3]).Sample(
            (a, b) =>
            {
                if (Math.Abs(a - b) < 10 * Step)
                {
                    b += 1; // Not across the kink of the larger and the smaller.
                }

                var (ofA, ofB) = operation.Slopes(a, b);
                ofA.ShouldBeClose((operation.Value(a + Step, b) - operation.Value(a - Step, b)) / (2 * Step), Tolerance.FiniteDifference, operation.Text("a", "b"));
                if (operation != Operation.Power)
                {
                    ofB.ShouldBeClose((operation.Value(a, b + Step) - operation.Value(a, b - Step)) / (2 * Step), Tolerance.FiniteDifference, operation.Text("a", "b"));
                }
            },
            iter: 200);
    }

    /// <summary>Tensors have the numbers, and their gradients the derivatives, at random points and at all pairs of special ones, negative too where that is allowed.</summary>
    [Theory]
    [MemberData(nameof(Operations))]
    public void Tensors_HaveTheNumbersAndDerivatives(int index)
    {
        var operation = Operation.All[index];
        var random = new Random(index);
        var pairs = (from a in Special from b in Special select (a, b)).Concat(Enumerable.Range(0, 50).Select(_ => (3 * random.NextDouble(), 3 * random.NextDouble())));
        if (operation != Operation.Log && operation != Operation.Power && operation != Operation.XLogY)
        {
            pairs = pairs.Concat(Enumerable.Range(0, 50).Select(_ => ((6 * random.NextDouble()) - 3, (6 * random.NextDouble()) - 3)));
        }

        // An operand that is a number may take a shorter way; a bound promises nothing here.
        if (operation == Operation.XLogY)
        {
            pairs = pairs.Concat([(-1, 0), (-2, 0.5), (-1, 1)]);
        }

        foreach (var (a, b, isNumber) in pairs.SelectMany(pair => new[] { (pair.Item1, pair.Item2, true), (pair.Item1, pair.Item2, operation == Operation.Power) }))
        {
            using var scope = NewDisposeScope();
            var (x, y) = (tensor([a], [1, 1], requires_grad: true), tensor([b], [1, 1], requires_grad: !isNumber || operation == Operation.Power));
            Formula left = double.NegativeInfinity, right = isNumber ? b : ((Formula)double.NegativeInfinity).Named("b");
            var value = operation.Apply(x, y, left, right);
            var text = FormattableString.Invariant($"{operation.Text("a", "b")} at a = {a}, b = {b}");

            if (double.IsInfinity(operation.Value(a, b)))
            {
                Evaluation.Numbers(value)[0].Should().Be(operation.Value(a, b), text);
            }
            else
            {
                Evaluation.Numbers(value)[0].ShouldMatch(operation.Value(a, b), text);
            }

            var (ofA, ofB) = operation.Slopes(a, b);
            if (operation.HasGradient)
            {
                value.sum().backward();
                (x.grad is { } g ? Evaluation.Numbers(g)[0] : 0).ShouldMatch(ofA, text);
                if (!isNumber && !IsUnary(operation))
                {
                    (y.grad is { } h ? Evaluation.Numbers(h)[0] : 0).ShouldMatch(ofB, text);
                }

            }
            else
            {
                (value.requires_grad, ofA, ofB).Should().Be((false, 0, 0), text);
            }
        }
    }

    /// <summary>What is known to be at least 0 may be 0: no derivative is infinite there either.</summary>
    [Fact]
    public void TensorsThatAreAtLeastZero_HaveTheConventionsAtZero()
    {
        foreach (var (operation, b) in new[] { (Operation.Log, 0), (Operation.Power, 0.5), (Operation.XLogY, 0.0), (Operation.Divide, 0), (Operation.Where, 0) })
        {
            using var scope = NewDisposeScope();
            var (x, y) = (tensor([0.0], [1, 1], requires_grad: true), tensor([b], [1, 1]));
            var value = operation.Apply(x, y, 0.0, b);
            Evaluation.Numbers(value)[0].Should().Be(operation.Value(0, b), operation.Text("a", "b"));
            value.sum().backward();
            Evaluation.Numbers(x.grad!)[0].Should().Be(0, operation.Text("a", "b")).And.Be(operation.Slopes(0, b).OfA);
        }
    }

    /// <summary>0/0, 0·log 0, log 0, a root at 0 and a value at its bound: the value of the field's convention, and a finite gradient.</summary>
    [Fact]
    public void Conventions_HoldInNumbers()
    {
        (Operation.Divide.Value(0, 0), Operation.Divide.Slopes(0, 0)).Should().Be((0, (0, 0)));
        (Operation.Divide.Value(3, 0), Operation.Divide.Slopes(3, 0)).Should().Be((0, (0, 0)));
        (Operation.XLogY.Value(0, 0), Operation.XLogY.Slopes(0, 0)).Should().Be((0, (0, 0)));
        (Operation.XLogY.Value(1, 0), Operation.XLogY.Slopes(1, 0)).Should().Be((double.NegativeInfinity, (0, 0)));
        (Operation.Log.Value(0, 0), Operation.Log.Slopes(0, 0).OfA).Should().Be((double.NegativeInfinity, 0));
        (Operation.Power.Value(0, 0.5), Operation.Power.Slopes(0, 0.5).OfA).Should().Be((0, 0));
        (Operation.Power.Value(0, 0), Operation.Power.Slopes(0, 0).OfA).Should().Be((1, 0));
        (Operation.Max.Value(2, 2), Operation.Max.Slopes(2, 2)).Should().Be((2, (1, 0)));
        (Operation.Min.Value(2, 2), Operation.Min.Slopes(2, 2)).Should().Be((2, (1, 0)));
        (Operation.Abs.Value(0, 0), Operation.Abs.Slopes(0, 0).OfA).Should().Be((0, 0));
        (Operation.Where.Value(double.NaN, 0), Operation.Where.Slopes(double.NaN, 0)).Should().Be((0, (0, 0)));
        double.IsNaN(Operation.WhereCounted.Value(double.NaN, 0)).Should().Be(true);
        Operation.IsCounted.Value(double.NaN, 0).Should().Be(1);
    }

    /// <summary>An overflow or a NaN is passed on, in numbers and in tensors.</summary>
    [Theory]
    [MemberData(nameof(Operations))]
    public void NotANumber_IsPassedOn(int index)
    {
        var operation = Operation.All[index];
        if (operation == Operation.Where || operation == Operation.IsCounted)
        {
            double.IsNaN(operation.Value(double.NaN, 0)).Should().Be(false, "this one leaves values out");
        }
        else
        {
            using var scope = NewDisposeScope();
            var (x, y) = (tensor([double.NaN], [1, 1]), tensor([2.0], [1, 1]));
            double.IsNaN(operation.Value(double.NaN, 2)).Should().Be(true, operation.Text("a", "b"));
            double.IsNaN(Evaluation.Numbers(operation.Apply(x, y, double.NegativeInfinity, 2))[0]).Should().Be(true, operation.Text("a", "b"));
        }
    }

    /// <summary>Nor is it hidden from the gradient: what is NaN passes its upstream on, and does not give way to a bound.</summary>
    [Fact]
    public void NotANumber_IsNotHiddenFromTheGradient()
    {
        Operation.Max.Slopes(double.NaN, 1).OfA.Should().Be(1);
        Operation.Min.Slopes(double.NaN, 1).OfA.Should().Be(1);
        double.IsNaN(Operation.Log.Slopes(double.NaN, 0).OfA).Should().Be(true);
        double.IsNaN(Operation.XLogY.Slopes(1, double.NaN).OfB).Should().Be(true);
        double.IsNaN(Operation.Power.Slopes(double.NaN, 0.75).OfA).Should().Be(true);
        double.IsNaN(Operation.Abs.Slopes(double.NaN, 0).OfA).Should().Be(true);
    }

    /// <summary>A bound that an operation promises holds.</summary>
    [Theory]
    [MemberData(nameof(Operations))]
    public void Least_IsABound(int index)
    {
        var operation = Operation.All[index];
        Gen.Select(Gen.Double[0, 3], Gen.Double[0, 3], Gen.Double[0, 2], Gen.Double[0, 2]).Sample(
            (a, b, aboveA, aboveB) => operation.Value(a + aboveA, b + aboveB).Should().BeGreaterThanOrEqualTo(operation.Least(a, b)), iter: 100);
        var lowest = operation == Operation.Power || operation == Operation.Log || operation == Operation.XLogY ? 0 : -3; // These take no negative numbers.
        Gen.Select(Gen.Double[lowest, 3], Gen.Double[lowest, 3]).Sample(
            (a, b) => operation.Value(a, b).Should().BeGreaterThanOrEqualTo(operation.Least(a, b)), iter: 100);
    }

    private static bool IsUnary(Operation operation) =>
        operation == Operation.Negate || operation == Operation.Abs || operation == Operation.Log || operation == Operation.Exp;
}
