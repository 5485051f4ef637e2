using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>What each dtype of the logits promises: the type of value and gradient, and how close they are to float64.</summary>
public class PrecisionTests
{
    public static TheoryData<string> Names => LossTable.Names;

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void DtypeOfTheLogits_DecidesThoseOfValueAndGradient(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        foreach (var dtype in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64])
        {
            var (logits, target) = Given.Inputs(mode, dtype);
            var leaf = logits.requires_grad_(true);
            var value = loss.call(leaf, target);
            value.backward();
            value.dtype.Should().Be(dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
            value.shape.Should().BeEmpty();
            leaf.grad!.dtype.Should().Be(dtype);
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void NarrowLogits_AreCloseToFloat64(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        foreach (var dtype in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32])
        {
            var (logits, target) = Given.Inputs(mode, dtype);
            ShouldBeCloseToFloat64(loss, logits, target);
        }
    }

    /// <summary>A float16 sum of 512² pixels is infinite.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Float16Sums_DoNotOverflow(string name)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        using var loss = LossTable.Create(name);
        var rows = arange(512, dtype: ScalarType.Float32).view(1, 1, 512, 1).expand(1, 1, 512, 512);
        var logits = cat([rows.sin(), rows.cos()], 1).to(ScalarType.Float16);
        var target = arange(512, dtype: ScalarType.Int64).remainder(2).view(1, 1, 512).expand(1, 512, 512);
        var expected = loss.call(logits.to(ScalarType.Float64), target).item<double>();
        ((double)loss.call(logits, target).item<float>()).ShouldBeClose(expected, Tolerance.Of(ScalarType.Float32));
    }

    /// <summary>A bfloat16 sum of ones stops growing at 256.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void BFloat16Sums_DoNotStall(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode);
        var scene = Scenes.Fixed(mode, [1, Given.Channels(mode), 40, 40]);
        ShouldBeCloseToFloat64(loss, scene.LogitsTensor(ScalarType.BFloat16), scene.TargetTensor());
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void Proportions_OfFloat64Logits_AreFloat64(SegmentationMode mode)
    {
        const double temperature = 10;
        const double epsilon = 1e-10;
        var scene = Scenes.Usual(mode, ignored: 0.2);
        using var scope = NewDisposeScope();
        using var regions = RegionStatistics.Compute(
            scene.LogitsTensor(), scene.TargetTensor(), mode, Scene.Ignore, RegionStatistic.PredictedSize(temperature));
        var (truth, predicted) = Proportions(scene, temperature, epsilon);
        Evaluation.Numbers(regions.TargetProportion(epsilon)).ShouldBeClose(truth, Tolerance.Identity);
        Evaluation.Numbers(regions.PredictedProportion(temperature, epsilon)).ShouldBeClose(predicted, Tolerance.Identity);

        using var loss = LossTable.Create("L1", mode, Scene.Ignore);
        scene.Evaluate(loss).Value.ShouldBeClose(truth.Zip(predicted, (t, p) => Math.Abs(p - t)).Average(), Tolerance.Identity);
    }

    /// <summary>True and predicted proportions [N,K] from loops over plain doubles.</summary>
    private static (double[] Truth, double[] Predicted) Proportions(Scene scene, double temperature, double epsilon)
    {
        var (truth, predicted) = (new List<double>(), new List<double>());
        for (var n = 0L; n < scene.Images; n++)
        {
            for (var k = 0L; k < scene.Classes; k++)
            {
                var (valid, size, mass) = (0.0, 0.0, 0.0);
                for (var i = 0L; i < scene.Pixels; i++)
                {
                    double Power(long channel) => Math.Exp(temperature * scene.Logits[(((n * scene.Classes) + channel) * scene.Pixels) + i]);
                    var isMulticlass = scene.Mode == SegmentationMode.Multiclass;
                    var label = scene.Labels[((isMulticlass ? n : (n * scene.Classes) + k) * scene.Pixels) + i];
                    if (label == Scene.Ignore)
                    {
                        continue;
                    }

                    valid++;
                    size += label == (isMulticlass ? k : 1) ? 1 : 0;
                    mass += isMulticlass ? Power(k) / (Power(0) + Power(1) + Power(2)) : Power(k) / (1 + Power(k));
                }

                truth.Add((size + epsilon) / (valid + epsilon));
                predicted.Add((mass + epsilon) / (valid + epsilon));
            }
        }

        return ([.. truth], [.. predicted]);
    }

    private static void ShouldBeCloseToFloat64(SegmentationLoss loss, Tensor logits, Tensor target)
    {
        var (value, gradient) = Evaluation.Scalar(loss, logits, target);
        var (expected, expectedGradient) = Evaluation.Scalar(loss, logits.to(ScalarType.Float64), target);
        value.ShouldBeClose(expected, Tolerance.Of(ScalarType.Float32), $"value, {logits.dtype}: sums run in float32");
        gradient.ShouldBeClose(expectedGradient, Tolerance.Of(logits.dtype), $"gradient, {logits.dtype}");
    }
}
