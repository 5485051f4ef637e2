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
        PictureSample[] samples = [.. names.Select(name => new PictureSample(new(name, PictureSplit.Train, "", []), [], [], 0))];
        var (train, validation) = SeededSplit.Split(samples, sample => sample.Pair.Name, CaseGroup.By("^(p..)"), seed);
        return ([.. train.Select(sample => sample.Pair.Name)], [.. validation.Select(sample => sample.Pair.Name)]);
    }
}
