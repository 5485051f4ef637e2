using System.Text.RegularExpressions;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Formulas;

/// <summary>The text of a formula is what runs, and the documentation states it.</summary>
public partial class FormulaTextTests
{
    public static TheoryData<string> Terms =>
        [.. typeof(RegionTerm).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(RegionTerm)) && !type.IsAbstract).Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Terms))]
    public void Documentation_StatesTheFormulaThatRuns(string name)
    {
        var type = typeof(RegionTerm).Assembly.GetType(name)!;
        var term = (RegionTerm)Activator.CreateInstance(type)!;
        var documented = Spaces().Replace(Documentation.Of(type).Element("remarks")!.Value, " ");
        documented.Should().Contain(term.FormulaText(SegmentationMode.Multiclass, channels: 3, epoch: 0));
    }

    [Fact]
    public void Text_HasBracketsWhereTheyAreNeeded()
    {
        var r = new Regions(SegmentationMode.Multiclass, 3, 0).All;
        var (overlap, size, target) = (r.Overlap, r.PredictedSize(), r.TargetSize);
        var s = Formula.Constant(1, "s");
        Text(overlap - (size - target)).Should().Be("I − (P − T)");
        Text(overlap - size - target).Should().Be("I − P − T");
        Text(overlap / (size / target)).Should().Be("I / (P / T)");
        Text(overlap * (size + target)).Should().Be("I·(P + T)");
        Text((overlap * size) + target).Should().Be("I·P + T");
        Text(-(overlap + size)).Should().Be("−(I + P)");
        Text(Formula.Power(overlap + s, 2)).Should().Be("(I + s)^2");
        Text(1 - overlap.Sum(Axis.Classes)).Should().Be("1 − (Σ_k I)");
        Text((overlap + size).Mean(Axis.Classes).Sum(Axis.Images)).Should().Be("Σ_n mean_k (I + P)");
        Text(Formula.XLogY(overlap, size + target)).Should().Be("I·log(P + T)");
        Text(Formula.Max(overlap - 1, 0.5)).Should().Be("max(I − 1, 0.5)");
        Text(Formula.Exp(-overlap)).Should().Be("exp(−I)");
        Text(overlap.Where(target)).Should().Be("[T > 0]·I");
        Text(r.Weights(new double[] { 1, 2, 3 }) * overlap).Should().Be("w·I");
        Text((1 / size).Named("v") * overlap.Named("o")).Should().Be("v·o, v = 1 / P, o = I");
    }

    [Fact]
    public void SettingsOfOverlap_HaveTheirSymbols()
    {
        new Dice { MinimumOverlap = 2 }.FormulaText().Should().Contain(", m)");
        new Dice { Smoothing = 1, SmoothingBelow = 3 }.FormulaText().Should().Contain("+ s) /").And.Contain("+ s'");
        new Dice { Link = OverlapLink.LogCosh }.FormulaText().Should().Contain("exp(x)").And.Contain("x = 1 − D");
    }

    /// <summary>A symbol never stands for two things.</summary>
    [Fact]
    public void Symbols_ThatWouldCoincide_AreNumbered()
    {
        var regions = new Regions(SegmentationMode.Binary, 1, 0);
        var (one, ten) = (regions.Foreground.PredictedProportion(), regions.Foreground.PredictedProportion(10));
        Text(one - ten).Should().Be("p̂ − p̂₂, p̂ = P / |V|, p̂₂ = Q / |V|");
        Text(one - regions.Foreground.PredictedProportion()).Should().Be("p̂ − p̂, p̂ = P / |V|");
        Text(regions.Foreground.Overlap - regions.Background.Overlap).Should().Be("I − I₂, I₂ = Overlap of the backgrounds");
        Text(regions.Foreground.PredictedSize(10) / regions.Foreground.PredictedSize(3)).Should().Be("Q / Q₂, Q₂ = PredictedSize(3)");
        Text(regions.Foreground.ValidSize / regions.ValidSizeOfImage).Should().Be("|V| / |V|₂, |V|₂ = ValidOfImage size");
    }

    /// <summary>Parts that are shared many times make no endless text, and evaluate once each.</summary>
    [Fact]
    public void SharedParts_StayShort()
    {
        var formula = new Regions(SegmentationMode.Multiclass, 3, 0).All.Overlap.Sum(Axis.Classes);
        for (var i = 0; i < 60; i++)
        {
            formula = (0.5 * formula) + (0.5 * formula);
        }

        Text(formula).Should().Contain("…").And.Subject.Length.Should().BeLessThan(10_000);
        formula.Least.Should().Be(0);
        new FormulaTape([formula]).Steps.Count.Should().BeLessThan(400);
    }

    [Fact]
    public void EndlessNesting_IsRefused()
    {
        Formula formula = 1;
        FluentActions.Invoking(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                formula += 1;
            }
        }).Should().Throw<InvalidOperationException>().WithMessage("a formula may nest 1000 operations*");
        Text(formula).Should().Contain("…");
    }

    [Fact]
    public void ChannelsOfAMode_AreChecked()
    {
        FluentActions.Invoking(() => new Dice().FormulaText(SegmentationMode.Multiclass, 1, 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*channels*");
        FluentActions.Invoking(() => new Dice().FormulaText(SegmentationMode.Binary, 2, 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*channels*");
        FluentActions.Invoking(() => new Dice().FormulaText(SegmentationMode.Multilabel, 0, 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*channels*");
    }

    [Fact]
    public void Breakdown_NamesTheFormulaOfEachPart()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = new SegmentationLoss(new CrossEntropy() + new TopKCrossEntropy());
        var breakdown = loss.Breakdown(scene.LogitsTensor(), scene.TargetTensor());
        breakdown.Parts.Select(part => part.Formula).Should().Equal("(Σ_n Σ_k C) / (Σ_n Σ_k T)", null);
    }

    private static string Text(Formula formula) => formula.ToString();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
