namespace SegLossBias.Tests.Losses;

/// <summary>Losses of the confusion matrix on predictions that are sure, with numbers that one can count.</summary>
public class ConfusionLossTests
{
    /// <summary>Ten pixels: six of class 0, three of class 1, one of class 2.</summary>
    private static readonly long[] Truth = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];

    /// <summary>One pixel of class 0 taken for 1, one of class 1 for 2, that of class 2 for 1.</summary>
    private static readonly long[] Guess = [0, 0, 0, 0, 0, 1, 1, 1, 2, 1];

    [Fact]
    public void MatthewsCorrelation_IsThatOfCounts()
    {
        // 7 of 10 are right; predicted 5, 4, 1 and true 6, 3, 1: (10·7 − 43) / √((100 − 42)(100 − 46)).
        Cost(new MatthewsCorrelation(), Guess).ShouldBeClose(1 - (27 / Math.Sqrt(58 * 54)), Tolerance.Identity);

        // Of class 1 alone: (10·2 − 4·3) / √(4·6·3·7).
        Cost(new MatthewsCorrelation { Form = MatthewsForm.OneVsRest, Classes = ClassSelection.Of(1) }, Guess).ShouldBeClose(1 - (8 / Math.Sqrt(504)), Tolerance.Identity);
        Cost(new MatthewsCorrelation(), Truth).ShouldBeClose(0, Tolerance.Identity);
    }

    [Fact]
    public void MatthewsCorrelation_OfTheOppositeIsTwo()
    {
        var scene = new Scene(SegmentationMode.Binary, [1, 1, 4], [1e3, 1e3, -1e3, -1e3], [0, 0, 1, 1]);
        using var loss = new SegmentationLoss(new MatthewsCorrelation()) { Mode = SegmentationMode.Binary };
        scene.Evaluate(loss).Value.Should().Be(2);
    }

    /// <summary>A target of one class has no correlation: it counts 0, is left out, or has the number of the smoothing.</summary>
    [Theory]
    [InlineData(MatthewsForm.Joint)]
    [InlineData(MatthewsForm.OneVsRest)]
    public void MatthewsCorrelation_OfOneClassIsNotDefined(MatthewsForm form)
    {
        long[] same = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        foreach (var absent in (AbsentClass[])[AbsentClass.CountZero, AbsentClass.LeaveOut])
        {
            Cost(new MatthewsCorrelation { Form = form, Absent = absent }, Guess, same).Should().Be(0);
        }

        Cost(new MatthewsCorrelation { Form = form, Absent = AbsentClass.Keep }, Guess, same).Should().Be(1);
        Cost(new MatthewsCorrelation { Form = form, Absent = AbsentClass.Keep, Smoothing = 1e-5 }, same, same).Should().BeInRange(0, 1 - 1e-6);
    }

    [Fact]
    public void WassersteinDice_CountsErrorsByTheirDistance()
    {
        var distances = ClassDistances.Of(new double[,] { { 0, 10, 10 }, { 10, 0, 4 }, { 10, 4, 0 } });
        distances[1, 2].Should().Be(0.4);

        // Errors 1 + 0.4 + 0.4; hits of class 1 are 2 + 0.6, of class 2 0.6, and of the background 5.
        Cost(new WassersteinDice { Distances = distances }, Guess).ShouldBeClose(1 - (6.4 / (6.4 + 1.8)), Tolerance.Identity);
        Cost(new WassersteinDice { Distances = distances, Background = null }, Guess).ShouldBeClose(1 - (16.4 / (16.4 + 1.8)), Tolerance.Identity);
        Cost(new WassersteinDice { Distances = distances, Smoothing = 1, SmoothingBelow = 2 }, Guess).ShouldBeClose(1 - (7.4 / (8.2 + 2)), Tolerance.Identity);

        // 1/7, 1/4 and 1/2 for classes of 6, 3 and 1 pixels.
        var (hits, errors) = ((5.0 / 7) + (2.6 / 4) + (0.6 / 2), (1.0 / 7) + (0.4 / 4) + (0.4 / 2));
        Cost(new WassersteinDice { Distances = distances, Weighting = WassersteinWeighting.InverseSize }, Guess).ShouldBeClose(1 - (2 * hits / ((2 * hits) + errors)), Tolerance.Identity);
    }

    /// <summary>Errors of 2·e^(−z) of each pixel of a background, which are nothing beside 1 in a type of too few digits.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, 10, 1)]
    [InlineData(ScalarType.Float32, 20, 0)]
    [InlineData(ScalarType.Float64, 20, 1)]
    [InlineData(ScalarType.Float64, 40, 0)]
    public void WassersteinDiceWithoutForeground_HasTheResolutionOfItsType(ScalarType dtype, double z, double expected)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new WassersteinDice());
        var logits = tensor(new[] { z, z, 0, 0, 0, 0 }, [1, 3, 2]).to(dtype);
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            var (value, gradient) = Evaluation.Scalar(loss, logits, zeros([1, 2], ScalarType.Int64, CPU));
            value.ShouldBeClose(expected, Tolerance.Identity, $"{implementation}");
            gradient.Should().OnlyContain(slope => slope == 0);
        }
    }

    /// <summary>Distances of 1 need no confusion matrix; others do, however near to 1.</summary>
    [Theory]
    [InlineData(WassersteinWeighting.InverseSize, 0L)]
    [InlineData(WassersteinWeighting.Foreground, 1L)]
    [InlineData(WassersteinWeighting.Foreground, null)]
    public void WassersteinDiceWithDistancesOfOne_IsThatOfTheConfusionMatrix(WassersteinWeighting weighting, long? background)
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass, seed: 6, ignored: 0.2);
        double[,] distances = new double[scene.Classes, scene.Classes];
        for (var entry = 0; entry < distances.Length; entry++)
        {
            var (j, k) = (entry / (int)scene.Classes, entry % (int)scene.Classes);
            distances[j, k] = j == k ? 0 : 1;
        }

        (double Value, double[] Gradient) Evaluate(ClassDistances? given)
        {
            using var loss = new SegmentationLoss(new WassersteinDice { Distances = given, Weighting = weighting, Background = background }) { IgnoreIndex = Scene.Ignore };
            return scene.Evaluate(loss);
        }

        var (value, gradient) = Evaluate(null);
        var (same, sameGradient) = Evaluate(ClassDistances.Of(distances));
        (same, sameGradient.SequenceEqual(gradient)).Should().Be((value, true));
        distances[0, 1] = 1 - 1e-14;
        var (general, generalGradient) = Evaluate(ClassDistances.Of(distances));
        value.ShouldBeClose(general, Tolerance.Identity);
        gradient.ShouldBeClose(generalGradient, Tolerance.Identity);
    }

    [Theory]
    [InlineData(-1, 0, "trueClass")]
    [InlineData(3, 0, "trueClass")]
    [InlineData(0, -1, "predictedClass")]
    [InlineData(2, int.MaxValue, "predictedClass")]
    public void ADistanceOfNoClass_IsOutOfRange(int trueClass, int predictedClass, string name)
    {
        var distances = ClassDistances.Of(new double[,] { { 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 0 } });
        FluentActions.Invoking(() => distances[trueClass, predictedClass]).Should().Throw<ArgumentOutOfRangeException>().WithParameterName(name).WithMessage("the classes are 0..2.*");
    }

    [Theory]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void WassersteinDiceOfAChannel_IsDice(SegmentationMode mode)
    {
        using var wasserstein = new SegmentationLoss(new WassersteinDice { Pooling = Pooling.Image }) { Mode = mode, IgnoreIndex = Scene.Ignore };
        using var dice = new SegmentationLoss(new Dice { Pooling = Pooling.Image, Absent = AbsentClass.Keep, Epsilon = 1e-300 }) { Mode = mode, IgnoreIndex = Scene.Ignore };
        var scene = Scenes.Usual(mode, seed: 6, ignored: 0.2);
        var (value, gradient) = scene.Evaluate(wasserstein);
        var (same, sameGradient) = scene.Evaluate(dice);
        value.ShouldBeClose(same, Tolerance.Identity);
        gradient.ShouldBeClose(sameGradient, Tolerance.Identity);
    }

    [Fact]
    public void SensitivitySpecificity_IsThatOfCounts()
    {
        // Of class 1: one of three missed, two of seven invented.
        Cost(new SensitivitySpecificity { SensitivityShare = 0.3, Classes = ClassSelection.Of(1) }, Guess).ShouldBeClose((0.3 / 3) + (0.7 * 2 / 7), Tolerance.Identity);
        Cost(new SensitivitySpecificity(), Truth).ShouldBeClose(0, Tolerance.Identity);
    }

    private static double Cost(LossTerm term, long[] guess, long[]? truth = null)
    {
        using var loss = new SegmentationLoss(term);
        var logits = Enumerable.Range(0, 3).SelectMany(k => guess.Select(label => label == k ? 1e3 : 0.0));
        return new Scene(SegmentationMode.Multiclass, [1, 3, 10], [.. logits], truth ?? Truth).Evaluate(loss).Value;
    }
}
