using SegLossBias.Experiments.Learning;
using SegLossBias.Experiments.Reporting;
using SegLossBias.Experiments.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>Every loss that the program knows gets what it reads, in both modes, and its λ is known without data.</summary>
public class TargetMapsTests
{
    public static TheoryData<string> Names => [.. LossFactory.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLoss_ReadsTheTargetThatIsMadeForIt(string name)
    {
        var spec = LossSpec.Parse(name);
        foreach (var mode in Enum.GetValues<OutputMode>())
        {
            using var scope = NewDisposeScope();
            using var loss = spec.Create(255, mode);
            var channels = mode == OutputMode.Binary ? 1 : 2;
            var labels = tensor(new byte[] { 0, 0, 0, 0, 0, 1, 1, 0, 255, 1, 0, 0, 0, 0, 0, 1 }, [1, 4, 4]);
            var logits = zeros(1, channels, 4, 4).requires_grad_(true);
            var value = loss.call(logits, new TargetMaps(loss, channels).Of(labels));
            value.backward();
            float.IsFinite(value.item<float>()).Should().BeTrue($"{mode}");
            logits.grad!.isfinite().all().item<bool>().Should().BeTrue($"{mode}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lambda_IsTheDefaultOfTheSecondTerm(string name)
    {
        using var loss = LossFactory.Create(name);
        LambdaAblation.Lambda(LossSpec.Parse(name)).Should().Be(loss.Terms.Count > 1 ? loss.Terms[1].Lambda.At(0) : null);
    }
}
