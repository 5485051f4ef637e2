namespace SegLossBias.Tests.Inputs;

/// <summary>Floats outside [0, 1] that are not the ignore index are named with their position, or left out where labels are not checked.</summary>
public class FloatMaskErrorTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<SegmentationMode> Modes => [.. Enum.GetValues<SegmentationMode>()];

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OtherValues_AreNamed(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode);
        (double Value, string Text)[] wrongs = [(-0.25, "-0.25"), (1.5, "1.5"), (double.NaN, "NaN"), (double.PositiveInfinity, "Infinity"), (double.NegativeInfinity, "-Infinity")];
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            foreach (var ignoreIndex in (long?[])[null, 255])
            {
                using var loss = LossTable.Create(name, mode, ignoreIndex);
                foreach (var (dtype, (value, text)) in FloatMasks.Types.SelectMany(dtype => wrongs.Select(wrong => (dtype, wrong))))
                {
                    var (mask, position) = WithWrong(scene, dtype, value);
                    FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), mask)).Should().Throw<ArgumentException>().WithParameterName("target")
                        .WithMessage($"soft labels of the target are in [0, 1], but {text} occurs at {position};*");
                }
            }
        }
    }

    /// <summary>The labels of metrics are hard: floats are exactly 0 and 1 there.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void SmallestSteps_AreNoticedByMetrics(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode);
        var metrics = new OverlapMetrics((int)scene.Classes) { Mode = mode };
        (ScalarType Type, double Value, string Text)[] wrongs =
        [
            (ScalarType.Float64, double.BitDecrement(1), "0.9999999999999999"), (ScalarType.Float64, double.Epsilon, "5E-324"),
            (ScalarType.Float32, float.BitIncrement(1), "1.0000001"), (ScalarType.Float16, 1 - (1.0 / 2048), "0.9995117"), (ScalarType.BFloat16, 1 - (1.0 / 256), "0.99609375"),
        ];
        foreach (var (dtype, value, text) in wrongs)
        {
            var (mask, position) = WithWrong(scene, dtype, value);
            FluentActions.Invoking(() => metrics.AddLogits(scene.LogitsTensor(), mask)).Should().Throw<ArgumentException>().WithMessage($"*but {text} occurs at {position};*");
        }
    }

    /// <summary>Position and value are those of the caller's tensor, wherever its numbers lie.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void Layout_ChangesNothing(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("CE", mode);
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 6, 7]);
        var (mask, position) = WithWrong(scene, ScalarType.Float32, 1.75);
        foreach (var (layout, same) in FloatMasks.Layouts(mask))
        {
            FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), same)).Should().Throw<ArgumentException>().WithMessage($"*but 1.75 occurs at {position};*", layout);
        }
    }

    /// <summary>A mask of 0 and 255, or with a forgotten ignore index.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public void WholeNumbers_MayBeMeantToBeIgnored(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("Dice", mode);
        var (mask, position) = WithWrong(Scenes.Usual(mode), ScalarType.Float16, 255);
        FluentActions.Invoking(() => loss.call(Scenes.Usual(mode).LogitsTensor(), mask)).Should().Throw<ArgumentException>()
            .WithMessage($"*but 255 occurs at {position}; set IgnoreIndex = 255 if it marks pixels to leave out*");
    }

    /// <summary>The next number that the dtype has is not the ignore index.</summary>
    [Theory]
    [InlineData(ScalarType.Float16, 2049, 2048)]
    [InlineData(ScalarType.Float16, 100_000, double.PositiveInfinity)]
    [InlineData(ScalarType.BFloat16, 257, 256)]
    [InlineData(ScalarType.BFloat16, -257, -256)]
    [InlineData(ScalarType.Float32, 16_777_217, 16_777_216)]
    [InlineData(ScalarType.Float64, 9_007_199_254_740_993, 9_007_199_254_740_992)]
    public void IgnoreIndex_ThatTheDtypeCannotHold_IsNeverMet(ScalarType dtype, long ignoreIndex, double near)
    {
        using var scope = NewDisposeScope();
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            using var loss = LossTable.Create("RCE(L1)", mode, ignoreIndex);
            var scene = Scenes.Usual(mode);
            var mask = FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, dtype);
            Evaluation.Scalar(loss, scene.LogitsTensor(), mask).Value.ShouldBeClose(Evaluation.Scalar(loss, scene.LogitsTensor(), scene.TargetTensor()).Value, Tolerance.Identity);
            var (wrong, position) = WithWrong(scene, dtype, near);
            FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), wrong)).Should().Throw<ArgumentException>().WithMessage($"*occurs at {position};*");
        }
    }

    /// <summary>Compared with what libtorch stores of the numbers, read as doubles.</summary>
    [Fact]
    public void Numbers_AreFound_WhereTheDtypeHoldsThem()
    {
        using var scope = NewDisposeScope();
        long[] numbers =
        [
            0, 1, -1, 2, -100, 127, 128, 255, 256, 257, 258, 2047, 2048, 2049, 2050, 65_504, 65_505, 65_536, -65_504, 16_777_215, 16_777_216, 16_777_217,
            1L << 53, (1L << 53) + 1, 1L << 62, long.MinValue, long.MinValue + 1, long.MaxValue,
        ];
        foreach (var dtype in FloatMasks.Types)
        {
            var stored = tensor(numbers).to(dtype);
            var values = Evaluation.Numbers(stored);
            foreach (var number in numbers)
            {
                Evaluation.Numbers(LabelCheck.AreEqual(stored, number))
                    .Should().Equal(values.Select(value => double.IsFinite(value) && (Int128)value == number ? 1.0 : 0.0), $"{number} in {dtype}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void Unchecked_OtherValuesAreLeftOut(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var expected = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 5, ignored: 0.4);
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            var (value, gradient) = Evaluation.Scalar(expected, scene.LogitsTensor(), scene.TargetTensor());
            foreach (var ignoreIndex in (long?[])[null, -1])
            {
                using var loss = LossTable.Create(name, mode, ignoreIndex, checksLabels: false);
                foreach (var (dtype, wrong) in FloatMasks.Types.Zip((double[])[1.5, double.NaN, double.NegativeInfinity, 255]))
                {
                    var (same, sameGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), FloatMasks.Of(scene.TargetTensor(), mode, scene.Classes, dtype, wrong));
                    same.ShouldBeClose(value, Tolerance.Identity, $"{dtype} {wrong}");
                    sameGradient.ShouldBeClose(gradient, Tolerance.Identity, $"{dtype} {wrong}");
                }
            }
        }
    }

    /// <summary>Pixels with two ones, none, or the ignore index in some channels.</summary>
    [Theory]
    [InlineData(1, 1, 0, "*pixel [1, 2, 4] add up to 2;*")]
    [InlineData(0, 0, 0, "*pixel [1, 2, 4] add up to 0;*")]
    [InlineData(255, 255, 1, "*but 255 occurs at [1, 0, 2, 4]*")]
    public void OneHot_ThatIsNot_IsRefused(float first, float second, float third, string message)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("CE", ignoreIndex: Scene.Ignore);
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var mask = FloatMasks.Of(scene.TargetTensor(), scene.Mode, scene.Classes, ScalarType.Float32);
        mask[1, TensorIndex.Colon, 2, 4] = tensor((float[])[first, second, third]);
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), mask)).Should().Throw<ArgumentException>().WithParameterName("target")
            .WithMessage(message);
    }

    /// <summary>A good mask with two wrong values, and where the first of them is.</summary>
    private static (Tensor Mask, string Position) WithWrong(Scene scene, ScalarType dtype, double value)
    {
        var mask = FloatMasks.Of(scene.TargetTensor(), scene.Mode, scene.Classes, dtype);
        var at = scene.Mode == SegmentationMode.Binary ? (long[])[1, 2, 3] : [1, 0, 2, 3];
        var place = at.Zip(mask.shape).Aggregate(0L, (sum, axis) => (sum * axis.Second) + axis.First);
        mask.view(-1).index_fill_(0, tensor((long[])[place, place + 1]), value);
        return (mask, $"[{string.Join(", ", at)}]");
    }
}
