using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

public sealed class CaseEvaluatorTests
{
    private static readonly byte[,] Truth = { { 0, 1, 1, 255 }, { 0, 1, 2, 2 }, { 0, 0, 0, 0 } };

    private static readonly byte[,] Predicted = { { 0, 1, 0, 1 }, { 1, 1, 2, 0 }, { 0, 0, 0, 2 } };

    [Fact]
    public void Counts_AreThoseByHand()
    {
        using var item = Tiny.Picture("case", Truth, 2, 3);
        using var logits = LogitsOf(Predicted, classes: 3);
        var result = new CaseEvaluator(Tiny.Classes(3), 255, toleranceMm: null).Add(item, logits);
        result.Name.Should().Be("case");
        result.DiagonalMm.Should().Be(Math.Sqrt((6 * 6) + (12 * 12)));
        result.Classes.Select(found => (found.Class, found.TruePositives, found.FalsePositives, found.FalseNegatives, found.TrueNegatives))
            .Should().Equal((1, 2, 1, 1, 7), (2, 1, 1, 1, 8));
        result.Classes.Select(found => found.Nsd).Should().Equal(double.NaN, double.NaN);
    }

    [Fact]
    public void SoftSizes_AreSumsOverValidPixels()
    {
        using var item = Tiny.Picture("case", Truth);
        using var logits = LogitsOf(Predicted, classes: 3);
        var result = new CaseEvaluator(Tiny.Classes(3), 255, toleranceMm: null).Add(item, logits);

        // Every pixel has e/(e+2) for its predicted class and 1/(e+2) for the two others; 11 pixels are valid.
        var (high, low) = (Math.E / (Math.E + 2), 1 / (Math.E + 2));
        result.Classes[0].Soft.Should().BeApproximately((3 * high) + (8 * low), 1e-5);
        result.Classes[1].Soft.Should().BeApproximately((2 * high) + (9 * low), 1e-5);
    }

    [Fact]
    public void Surfaces_AreTheLibrarysOfTheMasksWithoutIgnoredPixels()
    {
        using var item = Tiny.Picture("case", Truth, 2, 3);
        using var logits = LogitsOf(Predicted, classes: 3);
        var result = new CaseEvaluator(Tiny.Classes(3), 255, toleranceMm: 2.5).Add(item, logits);
        foreach (var found in result.Classes)
        {
            var expected = SurfaceDistances.Compute(Mask(Predicted, found.Class), Mask(Truth, found.Class), [3, 4], [2.0, 3.0]).Scores(2.5);
            (found.Nsd, found.Hd95, found.Asd).Should().Be((expected.NormalizedSurfaceDistance, expected.Hausdorff95, expected.AverageSymmetric));
        }
    }

    [Fact]
    public void MissingStructures_CountAsTheyShould()
    {
        var evaluator = new CaseEvaluator(Tiny.Classes(3), 255, toleranceMm: 1);
        using var missed = Tiny.Picture("missed", new byte[,] { { 0, 1 }, { 0, 0 } });
        using var found = Tiny.Picture("found", new byte[,] { { 0, 1 }, { 0, 1 } });
        using var nothing = LogitsOf(new byte[,] { { 0, 0 }, { 0, 0 } }, classes: 3);
        using var column = LogitsOf(new byte[,] { { 0, 1 }, { 0, 1 } }, classes: 3);
        var first = evaluator.Add(missed, nothing);
        evaluator.Add(found, column);

        // Class 1: missed once (0), found once (1). Class 2 is nowhere and left out.
        (evaluator.Dice, evaluator.Iou).Should().Be((0.5, 0.5));
        (evaluator.TrueSize, evaluator.PredictedSize).Should().Be((3.0 / 8, 2.0 / 8));
        first.Classes.Select(structure => (structure.Nsd, structure.Hd95, structure.Asd)).Should().Equal(
            (0, double.PositiveInfinity, double.PositiveInfinity), (double.NaN, double.PositiveInfinity, double.NaN));
    }

    [Fact]
    public void PooledDice_AddsThePixelsOfAllCasesUp()
    {
        var evaluator = new CaseEvaluator(Tiny.Classes(3), 255, toleranceMm: null);
        using var one = Tiny.Picture("one", Truth);
        using var other = Tiny.Picture("other", new byte[,] { { 1, 1, 1, 1 }, { 1, 1, 0, 0 }, { 0, 0, 0, 0 } });
        using var first = LogitsOf(Predicted, classes: 3);
        using var second = LogitsOf(new byte[,] { { 1, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 } }, classes: 3);
        evaluator.Add(one, first);
        evaluator.Add(other, second);

        // Class 1: 2 + 1 of 3 + 6 true and 3 + 1 predicted; class 2: 1 of 2 and 2.
        evaluator.PooledDice.Should().BeApproximately(((2.0 * 3 / 13) + (2.0 * 1 / 4)) / 2, 1e-12);
        evaluator.Dice.Should().BeApproximately(((((4.0 / 6) + (2.0 / 4)) / 2 * 2) + (2.0 / 7)) / 3, 1e-12, "the mean is over structures");
    }

    [Fact]
    public void ASingleLogit_IsWhatTwoLogitsOfTheSameOddsAre()
    {
        var labels = new byte[,] { { 0, 1, 1, 255 }, { 0, 1, 0, 0 } };
        using var scope = NewDisposeScope();
        using var item = Tiny.Picture("case", labels);

        // What is predicted has a 1 in each column, as one-hot labels of two classes would.
        var logit = tensor(new float[] { 1, -2, 0.5f, -1, -0.3f, 2, -1, 3 }, [1, 2, 4]);
        var single = new CaseEvaluator(Tiny.Classes(2), 255, toleranceMm: 1).Add(item, logit);
        var pair = new CaseEvaluator(Tiny.Classes(2), 255, toleranceMm: 1).Add(item, cat([zeros_like(logit), logit], 0));
        single.Classes[0].Soft.Should().BeApproximately(pair.Classes[0].Soft, 1e-5);
        (single.Classes[0] with { Soft = 0 }).Should().Be(pair.Classes[0] with { Soft = 0 });
    }

    [Fact]
    public void WithoutABackground_TheSizeIsTheMeanOverClassesOfPredictedOverTrue()
    {
        var evaluator = new CaseEvaluator(["road", "sidewalk", "car"], 255, toleranceMm: null);
        using var item = Tiny.Picture("case", Truth);
        using var logits = LogitsOf(Predicted, classes: 3);
        evaluator.Add(item, logits).Classes.Select(found => found.Class).Should().Equal(0, 1, 2);

        // True pixels 6, 3 and 2; predicted, where valid, 6, 3 and 2.
        (evaluator.TrueSize, evaluator.PredictedSize).Should().Be((1, 1));
        using var road = LogitsOf(new byte[3, 4], classes: 3);
        evaluator.Add(item, road);
        evaluator.TrueSize.Should().Be(1);
        evaluator.PredictedSize.Should().BeApproximately(((17.0 / 12) + (3.0 / 6) + (2.0 / 4)) / 3, 1e-12);
    }

    [Fact]
    public void TheGroupOfACase_IsThatOfItsResult()
    {
        using var item = new Case("case", zeros(1, 1, 2), zeros([1, 2], ScalarType.Byte), [1, 1], group: "patient 7");
        using var logits = LogitsOf(new byte[1, 2], classes: 2);
        new CaseEvaluator(Tiny.Classes(2), null, toleranceMm: null).Add(item, logits).Group.Should().Be("patient 7");
    }

    [Fact]
    public void AVolume_IsCountedAsPlainLoopsCountIt() =>
        Gen.Select(Gen.Byte[0, 3].Array[3 * 4 * 5], Gen.Byte[0, 2].Array[3 * 4 * 5]).Sample(
            (truth, predicted) =>
            {
                using var scope = NewDisposeScope();
                using var item = new Case("volume", zeros(1, 3, 4, 5), tensor(truth, [3, 4, 5]), [2.5, 1, 1]);
                var logits = nn.functional.one_hot(tensor(predicted.Select(label => (long)label).ToArray(), [3, 4, 5]), 3).permute(3, 0, 1, 2).to(ScalarType.Float32);
                var result = new CaseEvaluator(Tiny.Classes(3), ignoreIndex: 3, toleranceMm: null).Add(item, logits);
                var pairs = truth.Zip(predicted).Where(pair => pair.First != 3).ToArray();
                foreach (var found in result.Classes)
                {
                    found.Counts.Should().Be(new OverlapCounts(
                        pairs.Count(pair => pair.First == found.Class && pair.Second == found.Class),
                        pairs.Count(pair => pair.First != found.Class && pair.Second == found.Class),
                        pairs.Count(pair => pair.First == found.Class && pair.Second != found.Class),
                        pairs.Count(pair => pair.First != found.Class && pair.Second != found.Class)));
                }
            },
            iter: 30, threads: 1);

    /// <summary>1 for the predicted class, 0 for others.</summary>
    private static Tensor LogitsOf(byte[,] labels, int classes)
    {
        var flat = labels.Cast<byte>().ToArray();
        var logits = Enumerable.Range(0, classes).SelectMany(index => flat.Select(label => label == index ? 1f : 0)).ToArray();
        return tensor(logits, [classes, labels.GetLength(0), labels.GetLength(1)]);
    }

    private static bool[] Mask(byte[,] labels, int index) =>
        [.. labels.Cast<byte>().Zip(Truth.Cast<byte>(), (label, truth) => label == index && truth != 255)];
}
