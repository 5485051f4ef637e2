using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

public class CompoundLossTests
{
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Compound_IsTheWeightedSumOfItsTerms(SegmentationMode mode)
    {
        var scene = Scenes.Usual(mode, ignored: 0.2);
        (double Lambda, Func<SegmentationMode, long?, RegionLoss> Create)[] terms =
        [
            (1, (m, i) => new FocalLoss(mode: m, ignoreIndex: i)),
            (0.5, (m, i) => new DiceLoss(mode: m, ignoreIndex: i)),
            (2, (m, i) => new RegionSizeL1Loss(10, mode: m, ignoreIndex: i)),
            (0.25, (m, i) => new RegionSizeL1Loss(1, mode: m, ignoreIndex: i)),
            (0.1, (m, i) => new RegionSizeKlLoss(mode: m, ignoreIndex: i)),
            (0.01, (m, i) => new DiceBiasLoss(mode: m, ignoreIndex: i)),
            (3, (m, i) => new CrossEntropyLoss(mode: m, ignoreIndex: i)),
        ];
        var (value, gradient) = (0.0, new double[scene.Logits.Length]);
        foreach (var (lambda, create) in terms)
        {
            using var term = create(mode, Scene.Ignore);
            var (part, slope) = scene.Evaluate(term);
            value += lambda * part;
            gradient = [.. gradient.Zip(slope, (sum, entry) => sum + (lambda * entry))];
        }

        // Terms may leave their options to the compound or repeat them.
        foreach (var (m, i) in ((SegmentationMode, long?)[])[(SegmentationMode.Multiclass, null), (mode, Scene.Ignore)])
        {
            using var compound = new CompoundLoss("all", terms[0].Create(mode, Scene.Ignore), terms[1..].Select(term => new WeightedTerm(term.Lambda, term.Create(m, i))), mode, Scene.Ignore);
            var (sum, slope) = scene.Evaluate(compound);
            sum.ShouldBeClose(value, Tolerance.Identity);
            slope.ShouldBeClose(gradient, Tolerance.Identity);
        }
    }

    [Fact]
    public void LambdaZero_LeavesTheMatchingTerm()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var ce = new CrossEntropyLoss();
        using var rce = new RceL1Loss(lambda: 0);
        var (value, gradient) = scene.Evaluate(rce);
        var (expected, expectedGradient) = scene.Evaluate(ce);
        value.Should().Be(expected);
        gradient.ShouldBeClose(expectedGradient, Tolerance.Identity);
    }

    [Fact]
    public void Options_ThatContradict_AreRefused()
    {
        RegionLoss[] terms =
        [
            new DiceLoss(mode: SegmentationMode.Multilabel),
            new RegionSizeL1Loss(ignoreIndex: 7),
            new RegionSizeKlLoss(reduction: Reduction.Sum),
            new DiceLoss(mode: SegmentationMode.Binary),
        ];
        foreach (var term in terms)
        {
            var build = () => new CompoundLoss("mine", new CrossEntropyLoss(), [new(1, term)], SegmentationMode.Binary, ignoreIndex: 255);
            build.Should().Throw<ArgumentException>().WithMessage($"*mine has Binary, 255, Mean and its term {term.Name} {term.Mode}, {term.IgnoreIndex?.ToString() ?? "none"}, {term.reduction}; give them to the compound alone*");
        }

        var matching = () => new CompoundLoss("mine", new CrossEntropyLoss(ignoreIndex: 3), []);
        matching.Should().Throw<ArgumentException>().WithMessage("*its term CE Multiclass, 3, Mean*");
    }

    [Fact]
    public void TheSameObjectTwice_IsRefused()
    {
        using var dice = new DiceLoss();
        using var ce = new CrossEntropyLoss();
        FluentActions.Invoking(() => new CompoundLoss("mine", ce, [new(1, dice), new(2, dice)])).Should().Throw<ArgumentException>().WithMessage("the same Dice object is given twice*");
        FluentActions.Invoking(() => new CompoundLoss("mine", ce, [new(1, ce)])).Should().Throw<ArgumentException>().WithMessage("the same CE object is given twice*");
    }

    [Fact]
    public void PooledTerm_WithReductionNone_IsRefused() =>
        FluentActions.Invoking(() => new CompoundLoss("mine", new CrossEntropyLoss(), [new(1, new DiceLoss())], reduction: Reduction.None))
            .Should().Throw<InvalidOperationException>().WithMessage("Dice pools the images*");

    [Fact]
    public void Missing_IsRefused()
    {
        FluentActions.Invoking(() => new CompoundLoss("mine", null!, [])).Should().Throw<ArgumentNullException>().WithParameterName("matching");
        FluentActions.Invoking(() => new CompoundLoss("mine", new CrossEntropyLoss(), null!)).Should().Throw<ArgumentNullException>().WithParameterName("terms");
        FluentActions.Invoking(() => new CompoundLoss(" ", new CrossEntropyLoss(), [])).Should().Throw<ArgumentException>().WithParameterName("name");
    }

    [Fact]
    public void Epoch_ReachesTheTerms()
    {
        var term = new RegionSizeL1Loss(Schedule.Linear(1, 10, epochs: 9));
        using var loss = new CompoundLoss("mine", new CrossEntropyLoss(), [new(1, term)]);
        loss.Epoch = 4;
        (loss.Epoch, term.Epoch, term.Temperature).Should().Be((4, 4, 5));
        FluentActions.Invoking(() => loss.Epoch = -1).Should().Throw<ArgumentOutOfRangeException>();
        (loss.Epoch, term.Epoch).Should().Be((4, 4));
    }

    [Fact]
    public void Terms_AreModulesOfTheCompound()
    {
        using var scope = NewDisposeScope();
        using var loss = new CompoundLoss("mine", new CrossEntropyLoss(ones(3)), [new(1, new FocalLoss(weight: ones(3))), new(1, new DiceLoss())]);
        loss.named_children().Select(child => child.name).Should().Equal("matching", "term1", "term2");
        loss.to(ScalarType.Float64).state_dict().Values.Select(weight => weight.dtype).Should().Equal(ScalarType.Float64, ScalarType.Float64);
    }
}
