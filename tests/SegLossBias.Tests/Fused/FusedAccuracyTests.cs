using SegLossBias.Tests.Kernels;
using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;
using Xunit.Abstractions;

namespace SegLossBias.Tests.Fused;

/// <summary>float32 losses of images of some size against float64: the value to plain loops, the gradient to composed tensor operations.</summary>
public class FusedAccuracyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("CE", 0)]
    [InlineData("RCE(L1)", 0)]
    [InlineData("RCE(KL)", 0)]
    [InlineData("DiceCE", 0)]
    [InlineData("LogDiceCE", 0)]
    [InlineData("RFL(L1)", 0)]
    [InlineData("Focal/softmax", 0)]
    [InlineData("DBCE", 0)]
    [InlineData("RCE(L1)", 1)]
    [InlineData("RFL(L1)", 1)]
    public void Float32_IsAsAccurateAsItPromises(string name, int firstPattern)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, ignoreIndex: Scene.Ignore);
        foreach (var (classes, spread) in ((int, double)[])[(2, 4), (4, 4), (19, 8)])
        {
            var scene = KernelScenes.Make(SegmentationMode.Multiclass, 2, classes, 15_013, spread: spread, firstPattern: firstPattern);
            var logits = scene.LogitsTensor(ScalarType.Float32);
            scene = scene with { Logits = Evaluation.Numbers(logits) };
            var (value, gradient) = Evaluation.Scalar(loss, logits, scene.TargetTensor());
            double[] expectedGradient;
            double expected;
            using (RegionPrimitive.Force(RegionImplementation.Composed))
            {
                (expected, expectedGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), scene.TargetTensor());
            }

            if (classes <= 4)
            {
                expected.ShouldBeClose(LossTable.Get(name).Plain(scene), Tolerance.Of(ScalarType.Float64));
            }

            var largest = expectedGradient.Max(Math.Abs);
            output.WriteLine($"{name}, K={classes}: loss {Math.Abs(value - expected) / Math.Abs(expected):E1} of its value, gradient {gradient.Zip(expectedGradient, (g, e) => Math.Abs(g - e)).Max() / largest:E1} of its largest entry");
            (Math.Abs(value - expected) <= Tolerance.Float32Value * Math.Abs(expected)).Should().BeTrue($"{value:R} should be {expected:R}");
            gradient.ShouldBeCloseToLargest(expectedGradient, Tolerance.Float32Gradient, name);
        }
    }
}
