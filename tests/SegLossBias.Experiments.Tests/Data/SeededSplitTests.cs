using CsCheck;

namespace SegLossBias.Experiments.Tests.Data;

public class SeededSplitTests
{
    private static readonly Gen<(string[] Names, int Seed)> Sets =
        Gen.Select(Gen.Int[0, 30].Select(Gen.Int[0, 5]).Select(pair => $"p{pair.Item1:D2}-{pair.Item2}").HashSet[2, 60], Gen.Int,
            (names, seed) => (names.ToArray(), seed));

    [Fact]
    public void Groups_StayTogetherAndNothingIsLost() => Sets.Sample(set =>
    {
        var (train, validation) = Split(set.Names, set.Seed);
        train.Concat(validation).Order().Should().Equal(set.Names.Order());
        train.Select(Patient).Should().NotIntersectWith(validation.Select(Patient));
        validation.Length.Should().BeGreaterThanOrEqualTo((int)Math.Ceiling(0.2 * set.Names.Length));
    }, iter: 50);

    [Fact]
    public void ListingOrder_ChangesNothing() => Sets.Sample(set =>
    {
        var backwards = set.Names.Reverse().ToArray();
        var (expected, actual) = (Split(set.Names, set.Seed), Split(backwards, set.Seed));
        actual.Train.Should().Equal(expected.Train);
        actual.Validation.Should().Equal(expected.Validation);
    }, iter: 50);

    [Fact]
    public void OtherSeeds_HoldOutOtherPictures()
    {
        string[] names = [.. Enumerable.Range(0, 30).Select(i => $"p{i:D2}-0")];
        Enumerable.Range(0, 20).Select(seed => string.Join(',', Split(names, seed).Validation)).Distinct().Should().HaveCountGreaterThan(15);
    }

    [Fact]
    public void Shares_DivideInThreeAndKeepGroupsTogether() => Sets.Sample(set =>
    {
        var shares = SplitShares.Parse("70/10/20")!;
        var (train, validation, test) = SeededSplit.Split(set.Names, name => name, Patient, shares, set.Seed);
        train.Concat(validation).Concat(test).Order().Should().Equal(set.Names.Order());
        new[] { train, validation, test }.SelectMany(part => part.Select(Patient).Distinct()).Should().OnlyHaveUniqueItems();
        validation.Count.Should().BeGreaterThanOrEqualTo((int)Math.Ceiling((0.1 * set.Names.Length) - 1e-9)).And.BeLessThan((int)Math.Ceiling(0.1 * set.Names.Length) + 6);
    }, iter: 50);

    [Theory]
    [InlineData("80/10/10", 0.1, 0.1)]
    [InlineData("700/100/200", 0.1, 0.2)]
    [InlineData("3/1", 0.25, 0)]
    public void Shares_AreRatios(string text, double validation, double test)
    {
        var shares = SplitShares.Parse(text)!;
        shares.Validation.Should().BeApproximately(validation, 1e-12);
        shares.Test.Should().BeApproximately(test, 1e-12);
    }

    [Theory]
    [InlineData("official")]
    [InlineData("80")]
    [InlineData("80/-10/30")]
    [InlineData("0/50/50")]
    [InlineData("1/2/3/4")]
    public void OtherText_IsNoShares(string text) => SplitShares.Parse(text).Should().BeNull();

    [Fact]
    public void AnInvalidPattern_IsAUsageError()
    {
        var group = () => CaseGroup.By("(");
        group.Should().Throw<UserError>().Which.ExitCode.Should().Be(UserError.BadUsage);
    }

    [Theory]
    [InlineData("^(p..)-", "p07-3", "p07")]
    [InlineData("^p..", "p07-3", "p07")]
    [InlineData("^q", "p07-3", "p07-3")]
    public void Pattern_GivesItsFirstGroupOrItsMatchOrTheName(string pattern, string name, string group) =>
        CaseGroup.By(pattern)(name).Should().Be(group);

    private static string Patient(string name) => name[..3];

    private static (string[] Train, string[] Validation) Split(string[] names, int seed)
    {
        var (train, validation, test) = SeededSplit.Split(names, name => name, CaseGroup.By("^(p..)"), SplitShares.Default, seed);
        test.Should().BeEmpty();
        return ([.. train], [.. validation]);
    }
}
