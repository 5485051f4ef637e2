using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Settings;

public class LossSpecTests
{
    [Theory]
    [InlineData("rce(l1)", "RCE(L1)", "RCE(L1)")]
    [InlineData("CE+KL:tau=1", "RCE(KL):tau=1", "RCE(KL) τ=1")]
    [InlineData("DBCE:lambda=0.01", "DBCE:lambda=0.01", "DBCE λ=0.01")]
    [InlineData("RFL(L1):gamma=1.5:tau=2:lambda=3", "RFL(L1):lambda=3:tau=2:gamma=1.5", "RFL(L1) λ=3 τ=2 γ=1.5")]
    [InlineData("RCE(L1):warmup=5:lambda=1", "RCE(L1):lambda=1:warmup=5", "RCE(L1) λ=1 warm-up=5")]
    [InlineData("RCE(L1):balance=0.1:lambda=2", "RCE(L1):lambda=2:balance=0.1", "RCE(L1) λ=2 balance=0.1")]
    public void Text_IsReadAndWrittenInOneForm(string given, string text, string label)
    {
        var spec = LossSpec.Parse(given);
        spec.Text.Should().Be(text);
        spec.Label.Should().Be(label);
        LossSpec.Parse(spec.Text).Should().Be(spec);
    }

    [Theory]
    [InlineData("Hinge", "no loss 'Hinge'")]
    [InlineData("CE:lambda=1", "CE has no setting 'lambda'")]
    [InlineData("RCE(L1):lambda", "is not a parameter")]
    [InlineData("RCE(L1):lambda=1,000", "is not a parameter")]
    [InlineData("RCE(L1):weight=1", "no parameter 'weight'")]
    [InlineData("RCE(L1):lambda=NaN", "is not a parameter")]
    [InlineData("RCE(L1):lambda=-1", "lambda")]
    [InlineData("RCE(L1):warmup=5", "needs the lambda")]
    [InlineData("RCE(L1):lambda=1:warmup=2.5", "number of epochs")]
    [InlineData("RCE(L1):lambda=1:warmup=0", "number of epochs")]
    [InlineData("RCE(L1):balance=0", "above 0")]
    [InlineData("CE:balance=0.1", "CE has no setting 'lambda'")]
    [InlineData("RCE(L1):lambda=1:warmup=2:balance=0.1", "give one of them")]
    public void Nonsense_IsAUsageErrorThatSaysWhat(string given, string part)
    {
        var parse = () => LossSpec.Parse(given);
        parse.Should().Throw<UserError>().WithMessage($"*{part}*").Which.ExitCode.Should().Be(UserError.BadUsage);
    }

    [Fact]
    public void Warmup_LetsLambdaRiseFromNothing()
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = (randn(2, 3, 4, 4), randint(3, [2, 4, 4]));
        double Value(string loss, int epoch)
        {
            using var created = LossSpec.Parse(loss).Create();
            created.Epoch = epoch;
            return created.call(logits, labels).item<float>();
        }

        Value("RCE(L1):lambda=1:warmup=4", 0).Should().Be(Value("CE", 0));
        Value("RCE(L1):lambda=1:warmup=4", 3).Should().BeApproximately(Value("RCE(L1):lambda=0.75", 3), 1e-6);
        Value("RCE(L1):lambda=1:warmup=4", 9).Should().Be(Value("RCE(L1):lambda=1", 9)).And.NotBe(Value("CE", 9));
    }

    [Fact]
    public void FileNames_DifferWhereLossesDo() =>
        LossFactory.Names.Select(name => LossSpec.Parse(name).FileName).Append(LossSpec.Parse("RCE(L1):lambda=0.5").FileName)
            .Should().OnlyHaveUniqueItems().And.AllSatisfy(name => name.Should().MatchRegex("^[A-Za-z0-9._=-]+$"));
}
