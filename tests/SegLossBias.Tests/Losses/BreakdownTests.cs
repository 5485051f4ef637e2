using SegLossBias.Tests.Contract;
using System.Globalization;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

public class BreakdownTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Total_IsTheLossWithItsGradient(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, ignored: 0.2);
        var (value, gradient) = scene.Evaluate(loss);
        var leaf = scene.LogitsTensor().requires_grad_(true);
        using var terms = loss.Breakdown(leaf, scene.TargetTensor());
        terms.Total.backward();
        terms.Name.Should().Be(loss.Name);
        terms.Total.item<double>().ShouldMatch(value);
        Evaluation.Numbers(leaf.grad!).ShouldMatch(gradient);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Parts_AreDetachedAndAddUp(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var scene = Scenes.Usual(mode);
        using var terms = loss.Breakdown(scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        foreach (var part in terms.Parts)
        {
            (part.Raw.requires_grad, part.Weighted.requires_grad).Should().Be((false, false));
            part.Weighted.item<double>().ShouldBeClose(part.Lambda * part.Raw.item<double>(), Tolerance.Identity, part.Name);
        }

        terms.Parts[0].Lambda.Should().Be(1);
        terms.Parts.Sum(part => part.Weighted.item<double>()).ShouldBeClose(terms.Total.item<double>(), Tolerance.Identity);
        terms.Parts.Should().HaveCount(loss.Terms.Count);
    }

    [Fact]
    public void Parts_AreTheTermsOnTheirOwnWithLambdaOfTheEpoch()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new SegmentationLoss(new CrossEntropy() + (Schedule.Step(0.1, 2, every: 5) * new RegionSizeL1()) + (0 * new Dice())) { Name = "mine" };
        loss.Epoch = 10;
        using var terms = loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor());
        terms.Parts.Select(part => part.Name).Should().Equal("CE", "L1", "Dice");
        terms.Parts.Select(part => part.Lambda).Should().Equal(1, 0.4, 0);
        SegmentationLoss[] alone = [new SegmentationLoss(new CrossEntropy()), new SegmentationLoss(new RegionSizeL1()), new SegmentationLoss(new Dice())];
        foreach (var (part, term) in terms.Parts.Zip(alone))
        {
            part.Raw.item<double>().ShouldBeClose(scene.Evaluate(term).Value, Tolerance.Identity, part.Name);
        }
    }

    [Fact]
    public void WithReductionNone_PartsAreThoseOfEachImage()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = LossTable.Create("RCE(KL)", reduction: Reduction.None);
        using var terms = loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor());
        terms.Total.shape.Should().Equal(2);
        var sums = terms.Parts.Select(part => Evaluation.Numbers(part.Weighted)).Aggregate((sum, part) => [.. sum.Zip(part, (a, b) => a + b)]);
        Evaluation.Numbers(terms.Total).ShouldBeClose(sums, Tolerance.Identity);
    }

    [Fact]
    public void Dispose_FreesAllTensorsAlsoOutsideAScope()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = LossTable.Create("RCE(L1)");
        using var logits = scene.LogitsTensor(ScalarType.Float64);
        using var target = scene.TargetTensor(ScalarType.Int64);
        var before = LiveHandles.Count;
        var terms = loss.Breakdown(logits, target);
        (LiveHandles.Count - before).Should().Be(5, "a total and two values for each of two parts");
        terms.Dispose();
        (LiveHandles.Count - before).Should().Be(0);
        terms.Total.IsInvalid.Should().Be(true);
        terms.Dispose();
    }

    [Fact]
    public void Text_IsTheSum()
    {
        using var scope = NewDisposeScope();
        var (logits, target) = (zeros(1, 2, 2, 2), zeros([1, 2, 2], ScalarType.Int64));
        using var rce = new RceL1Loss { Lambda = 0.25 };
        using var ce = new SegmentationLoss(new CrossEntropy());
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            using var terms = rce.Breakdown(logits, target);
            using var single = ce.Breakdown(logits, target);
            terms.ToString().Should().Be("RCE(L1) 0.8181 = CE 0.6931 + 0.25 × L1 0.5000");
            single.ToString().Should().Be("CE 0.6931 = CE 0.6931");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
