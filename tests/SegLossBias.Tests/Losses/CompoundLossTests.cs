using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

public class CompoundLossTests
{
    private static readonly Schedule Rising = Schedule.Linear(1, 10, epochs: 9);

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Sum_IsTheWeightedSumOfItsTerms(SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode, ignored: 0.2);
        (double Lambda, LossTerm Term)[] terms =
        [
            (1, new Focal()),
            (0.5, new Dice()),
            (2, new RegionSizeL1()),
            (0.25, new RegionSizeL1 { Temperature = 1 }),
            (0.1, new RegionSizeKl()),
            (0.01, new DiceBias()),
            (0.7, new TopKCrossEntropy()),
            (3, new CrossEntropy()),
        ];
        var (value, gradient) = (0.0, new double[scene.Logits.Length]);
        foreach (var (lambda, term) in terms)
        {
            using var alone = new SegmentationLoss(term) { Mode = mode, IgnoreIndex = Scene.Ignore };
            var (part, slope) = scene.Evaluate(alone);
            value += lambda * part;
            gradient = [.. gradient.Zip(slope, (sum, entry) => sum + (lambda * entry))];
        }

        using var compound = new SegmentationLoss(new LossSum(terms.Select(term => new WeightedTerm(term.Lambda, term.Term)))) { Mode = mode, IgnoreIndex = Scene.Ignore };
        var (sum, sumSlope) = scene.Evaluate(compound);
        sum.ShouldBeClose(value, Tolerance.Identity);
        sumSlope.ShouldBeClose(gradient, Tolerance.Identity);
    }

    [Fact]
    public void Operators_BuildTheSum()
    {
        LossSum sum = new CrossEntropy() + (0.5 * new Dice()) + new RegionSizeL1() + (Schedule.Step(0.1, 2, every: 5) * new TopKCrossEntropy());
        sum.ToString().Should().Be("CE + 0.5·Dice + L1 + Step(0.1, 2, every: 5, max: Infinity)·TopK");
        sum.Terms.Select(term => term.Lambda.At(0)).Should().Equal(1, 0.5, 1, 0.1);
        ((0.5 * new Dice()) + new CrossEntropy()).ToString().Should().Be("0.5·Dice + CE");
    }

    [Fact]
    public void Sums_AreWeightedAsAWhole()
    {
        LossSum sum = 0.5 * (new CrossEntropy() + (new Dice() * 0.1));
        sum.ToString().Should().Be("0.5·CE + 0.05·Dice");
        (Rising * sum).Terms.Select(term => term.Lambda.At(9)).Should().Equal(5, 0.5);
    }

    /// <summary>0 · ∞ is NaN; a term that is switched off is left out instead, also where all are.</summary>
    [Fact]
    public void TermsWithLambdaZero_AreLeftOut()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = (tensor(new[] { 900.0, 900, -900, -900 }, [1, 2, 2]), tensor(new long[] { 0, 0 }, [1, 2]));
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            using var infinite = new SegmentationLoss(new DiceBias { Epsilon = 0 });
            Evaluation.Scalar(infinite, logits, target).Value.Should().Be(double.NegativeInfinity);
            using var loss = new SegmentationLoss(new CrossEntropy() + (0 * new DiceBias { Epsilon = 0 }));
            Evaluation.Scalar(loss, logits, target).Value.Should().Be(0);
            foreach (var reduction in Enum.GetValues<Reduction>())
            {
                using var none = new SegmentationLoss(0 * new DiceBias { Epsilon = 0 }) { Reduction = reduction };
                var (values, gradient) = Evaluation.Run(none, logits, target);
                values.Should().Equal(0);
                gradient.Should().OnlyContain(slope => slope == 0);
            }
        }
    }

    [Fact]
    public void ReadyMade_IsTheSumOfItsTerms()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2);
        using var ready = new DiceFlLoss { Lambda = 0.3, Matching = new() { Gamma = 1 }, Penalty = new() { Pooling = Pooling.Image }, IgnoreIndex = Scene.Ignore };
        using var sum = new SegmentationLoss(new Focal { Gamma = 1 } + (0.3 * new Dice { Pooling = Pooling.Image })) { IgnoreIndex = Scene.Ignore };
        var (value, gradient) = scene.Evaluate(ready);
        var (expected, expectedGradient) = scene.Evaluate(sum);
        value.Should().Be(expected);
        gradient.Should().Equal(expectedGradient);
    }

    [Fact]
    public void TermInTwoLosses_BelongsToNone()
    {
        var (scene, term) = (Scenes.Usual(SegmentationMode.Multiclass), new CrossEntropy { Weight = [1, 2, 3] });
        using var one = new SegmentationLoss(term + term);
        var other = new SegmentationLoss(term);
        var expected = 2 * scene.Evaluate(other).Value;
        other.Dispose();
        scene.Evaluate(one).Value.ShouldBeClose(expected, Tolerance.Identity);
    }

    [Fact]
    public void LambdaZero_LeavesTheMatchingTerm()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var ce = new SegmentationLoss(new CrossEntropy());
        using var rce = new RceL1Loss { Lambda = 0 };
        var (value, gradient) = scene.Evaluate(rce);
        var (expected, expectedGradient) = scene.Evaluate(ce);
        value.Should().Be(expected);
        gradient.ShouldBeClose(expectedGradient, Tolerance.Identity);
    }

    [Fact]
    public void PooledTerm_WithReductionNone_IsRefused()
    {
        foreach (var (term, name) in ((LossTerm, string)[])[(new Dice(), "Dice"), (new TopKCrossEntropy(), "TopK")])
        {
            using var loss = new SegmentationLoss(new CrossEntropy() + term) { Reduction = Reduction.None };
            FluentActions.Invoking(() => Scenes.Usual(SegmentationMode.Multiclass).Evaluate(loss)).Should().Throw<InvalidOperationException>().WithMessage($"{name} pools the images*");
        }
    }

    [Fact]
    public void Missing_IsRefused()
    {
        FluentActions.Invoking(() => new SegmentationLoss(null!)).Should().Throw<ArgumentNullException>().WithParameterName("terms");
        FluentActions.Invoking(() => new LossSum([])).Should().Throw<ArgumentException>().WithMessage("a loss needs at least one term*");
        FluentActions.Invoking(() => new LossSum([new WeightedTerm(1, new CrossEntropy()), null!])).Should().Throw<ArgumentException>().WithMessage("*it is [CE, null]*");
        FluentActions.Invoking(() => new WeightedTerm(1, null!)).Should().Throw<ArgumentNullException>().WithParameterName("term");
        FluentActions.Invoking(() => new WeightedTerm(null!, new Dice())).Should().Throw<ArgumentNullException>().WithParameterName("lambda");
        FluentActions.Invoking(() => new CrossEntropy() + (LossTerm)null!).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new SegmentationLoss(new CrossEntropy()) { Name = " " }).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new RceL1Loss { Penalty = null! }).Should().Throw<ArgumentNullException>().WithMessage("Penalty must not be null*");
        FluentActions.Invoking(() => new RceL1Loss { Lambda = null! }).Should().Throw<ArgumentNullException>().WithMessage("Lambda must not be null*");
    }

    [Fact]
    public void Epoch_IsReadByTheTerms()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new SegmentationLoss(new CrossEntropy() + (Rising * new RegionSizeL1 { Temperature = Rising }));
        foreach (var epoch in (int[])[0, 4, 20])
        {
            loss.Epoch = epoch;
            var number = Rising.At(epoch);
            using var constant = new SegmentationLoss(new CrossEntropy() + (number * new RegionSizeL1 { Temperature = number }));
            scene.Evaluate(loss).Value.Should().Be(scene.Evaluate(constant).Value, $"epoch {epoch}");
        }

        FluentActions.Invoking(() => loss.Epoch = -1).Should().Throw<ArgumentOutOfRangeException>();
        loss.Epoch.Should().Be(20);
    }

    [Theory]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void SoftmaxFocalTerm_CountsTheBackgroundWhereChannelsStandAlone(SegmentationMode mode)
    {
        using var softmax = new SegmentationLoss(new Focal { Form = FocalForm.Softmax } + (0 * new RegionSizeL1())) { Mode = mode };
        using var alone = new SegmentationLoss(new Focal()) { Mode = mode };
        var scene = Scenes.Usual(mode);
        var (value, gradient) = scene.Evaluate(softmax);
        var (expected, expectedGradient) = scene.Evaluate(alone);
        value.ShouldBeClose(expected, Tolerance.Identity);
        gradient.ShouldBeClose(expectedGradient, Tolerance.Identity);
    }

    [Fact]
    public void KlWithoutEpsilon_IsFiniteForAnAbsentClassThatIsNotPredicted()
    {
        // Class 2 is absent, and its probability underflows to 0.
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new RegionSizeKl { Temperature = 10, Epsilon = 0 });
        var (value, gradient) = Evaluation.Scalar(loss, tensor(new double[] { 1, 0, 0, 1, -9e3, -9e3 }, [1, 3, 2]), tensor(new long[] { 0, 1 }, [1, 2]));
        value.ShouldBeClose(0, Tolerance.Identity);
        gradient.Should().OnlyContain(entry => double.IsFinite(entry));
    }
}
