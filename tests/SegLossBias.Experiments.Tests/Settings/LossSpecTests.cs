
namespace SegLossBias.Experiments.Tests.Settings;

public class LossSpecTests
{
    [Theory]
    [InlineData("rce(l1)", "RCE(L1)", "RCE(L1)")]
    [InlineData("CE+KL:tau=1", "RCE(KL):tau=1", "RCE(KL) τ=1")]
    [InlineData("DBCE:lambda=0.01", "DBCE:lambda=0.01", "DBCE λ=0.01")]
    [InlineData("RFL(L1):gamma=1.5:tau=2:lambda=3", "RFL(L1):lambda=3:tau=2:gamma=1.5", "RFL(L1) λ=3 τ=2 γ=1.5")]
    public void Text_IsReadAndWrittenInOneForm(string given, string text, string label)
    {
        var spec = LossSpec.Parse(given);
        spec.Text.Should().Be(text);
        spec.Label.Should().Be(label);
        LossSpec.Parse(spec.Text).Should().Be(spec);
    }

    [Theory]
    [InlineData("Hinge", "no loss 'Hinge'")]
    [InlineData("CE:lambda=1", "CE has no Lambda")]
    [InlineData("RCE(L1):lambda", "is not a parameter")]
    [InlineData("RCE(L1):weight=1", "no parameter 'weight'")]
    [InlineData("RCE(L1):lambda=NaN", "is not a parameter")]
    [InlineData("RCE(L1):lambda=-1", "lambda")]
    public void Nonsense_IsAUsageErrorThatSaysWhat(string given, string part)
    {
        var parse = () => LossSpec.Parse(given);
        parse.Should().Throw<UserError>().WithMessage($"*{part}*").Which.ExitCode.Should().Be(UserError.BadUsage);
    }

    [Fact]
    public void FileNames_DifferWhereLossesDo() =>
        LossFactory.Names.Select(name => LossSpec.Parse(name).FileName).Append(LossSpec.Parse("RCE(L1):lambda=0.5").FileName)
            .Should().OnlyHaveUniqueItems().And.AllSatisfy(name => name.Should().MatchRegex("^[A-Za-z0-9._=-]+$"));
}
