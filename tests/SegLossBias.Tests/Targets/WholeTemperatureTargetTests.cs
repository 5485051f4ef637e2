using SegLossBias.Tests.Gradients;
using SegLossBias.Tests.Oracles;

namespace SegLossBias.Tests.Targets;

/// <summary>Cross-entropy beside a size with a small whole τ, whose powers are products of the others', on soft and weighted targets against plain loops.</summary>
public class WholeTemperatureTargetTests
{
    public static TheoryData<int, SegmentationMode, string> Cases
    {
        get
        {
            var data = new TheoryData<int, SegmentationMode, string>();
            foreach (var temperature in Enumerable.Range(2, 9))
            {
                foreach (var mode in Enum.GetValues<SegmentationMode>())
                {
                    data.Add(temperature, mode, "weights");
                    data.Add(temperature, mode, "soft, weights");
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValueAndGradient_AreThoseOfPlainLoops(int temperature, SegmentationMode mode, string kind)
    {
        using var forced = RegionPrimitive.Force(RegionImplementation.Fused);
        using var loss = new SegmentationLoss(new CrossEntropy() + new RegionSizeKl { Temperature = temperature }) { Mode = mode, IgnoreIndex = Scene.Ignore };
        var scene = RichScenes.Make(Scenes.Usual(mode, seed: temperature, ignored: 0.2), kind);
        double Plain(double[] logits) => PlainLosses.CrossEntropy(scene with { Logits = logits }) + PlainLosses.Kl(scene with { Logits = logits }, temperature);

        var (value, gradient) = scene.Evaluate(loss);

        value.ShouldBeClose(Plain(scene.Logits), Tolerance.Of(ScalarType.Float64));
        gradient.ShouldBeClose(FiniteDifferences.Gradient(Plain, scene.Logits), Tolerance.FiniteDifference);
    }
}
