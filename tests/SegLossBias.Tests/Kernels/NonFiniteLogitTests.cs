using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>
/// Logits of ±∞ and NaN in a pixel that counts. The statistic and its gradient are what libtorch's own operations give,
/// number by number, so that an overflow is never hidden: +∞ makes the softmax NaN whatever the other logits are.
/// </summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class NonFiniteLogitTests
{
    private const double ForegroundUpstream = 1;
    private const double BackgroundUpstream = 0.5;

    private static readonly RegionStatistic Tempered = RegionStatistic.PredictedSize(10);

    private static readonly double[] Logits = [double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0.25, -1.5];

    private static readonly RegionStatistic[] Statistics =
    [
        RegionStatistic.NegativeLogLikelihood,
        RegionStatistic.Overlap,
        RegionStatistic.PredictedSize(),
        Tempered,
        RegionStatistic.Focal(0, FocalForm.Softmax),
        RegionStatistic.Focal(0.5, FocalForm.Softmax),
        RegionStatistic.Focal(2, FocalForm.Softmax),
        RegionStatistic.Focal(0, FocalForm.OneVsRest),
        RegionStatistic.Focal(0.5, FocalForm.OneVsRest),
        RegionStatistic.Focal(2, FocalForm.OneVsRest),
    ];

    public static TheoryData<SegmentationMode, int> Modes => new()
    {
        { SegmentationMode.Multiclass, 2 },
        { SegmentationMode.Multiclass, 3 },
        { SegmentationMode.Binary, 1 },
        { SegmentationMode.Multilabel, 2 },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public void EveryStatistic_IsWhatLibtorchGives(SegmentationMode mode, int channels)
    {
        foreach (var statistic in Statistics.Where(statistic => mode == SegmentationMode.Multiclass || statistic.Kind != StatisticKind.SoftmaxFocal))
        {
            foreach (var logits in Combinations(channels))
            {
                foreach (var label in (long[])[0, 1])
                {
                    Compare(mode, logits, label, [statistic]);
                    if (statistic == Tempered || statistic == RegionStatistic.NegativeLogLikelihood)
                    {
                        // Both at once take the way of one exponential for two powers.
                        Compare(mode, logits, label, [statistic, statistic == Tempered ? RegionStatistic.NegativeLogLikelihood : Tempered]);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void CrossEntropy_IsThatOfLibtorch(int classes)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("CE");
        foreach (var logits in Combinations(classes))
        {
            foreach (var label in (long[])[0, 1])
            {
                var z = tensor(logits, [1, classes, 1], ScalarType.Float32).requires_grad_(true);
                var own = Evaluation.Scalar(loss, z.detach(), tensor((long[])[label], [1, 1]));
                var value = nn.functional.cross_entropy(z, tensor((long[])[label], [1, 1]));
                value.backward();
                var because = $"logits [{string.Join(", ", logits)}], label {label}";
                Same(own.Value, value.item<float>()).Should().BeTrue($"{because}: {own.Value} against {value.item<float>()}");
                ShouldBeSame(own.Gradient, Evaluation.Numbers(z.grad!), because);
            }
        }
    }

    /// <summary>Compares the first statistic; the others are gathered with it and have no upstream gradient.</summary>
    private static void Compare(SegmentationMode mode, double[] logits, long label, RegionStatistic[] statistics)
    {
        using var scope = NewDisposeScope();
        var statistic = statistics[0];
        var channels = logits.Length;
        var labels = Enumerable.Repeat(label, mode == SegmentationMode.Multilabel ? channels : 1).ToArray();
        using var input = new KernelInput(new Scene(mode, [1, channels, 1], logits, labels), null, statistics);
        var isTrue = zeros(channels, ScalarType.Bool);
        isTrue[mode == SegmentationMode.Multiclass ? (int)label : TensorIndex.Colon] = tensor(mode == SegmentationMode.Multiclass || label == 1);
        var z = tensor(logits, ScalarType.Float32).requires_grad_(true);
        var (foreground, background) = mode == SegmentationMode.Multiclass && statistic.Kind != StatisticKind.OneVsRestFocal
            ? (Softmax(statistic, z, isTrue), zeros_like(z))
            : Sigmoid(statistic, z, isTrue);
        var hasBackground = mode != SegmentationMode.Multiclass || statistic.Kind == StatisticKind.OneVsRestFocal;
        (foreground.sum() + (hasBackground ? background.sum() * BackgroundUpstream : 0)).backward();

        var upstream = new double[input.Results];
        upstream.AsSpan(0, channels).Fill(ForegroundUpstream);
        upstream.AsSpan(channels, channels).Fill(BackgroundUpstream);
        foreach (var kernel in KernelTable.All(ScalarType.Float32))
        {
            var because = $"{kernel.Name}, {mode}, [{string.Join(", ", statistics)}], logits [{string.Join(", ", logits)}], label {label}";
            var results = input.Forward(kernel, out _);
            ShouldBeSame(results[..channels], Evaluation.Numbers(foreground), because);
            ShouldBeSame(hasBackground ? results[channels..(2 * channels)] : new double[channels], Evaluation.Numbers(background), $"background, {because}");
            ShouldBeSame(input.Gradient(kernel, upstream), Evaluation.Numbers(z.grad!), $"gradient, {because}");
        }
    }

    private static Tensor Softmax(RegionStatistic statistic, Tensor z, Tensor isTrue)
    {
        if (statistic.Kind == StatisticKind.PredictedSize)
        {
            return nn.functional.softmax(z * statistic.Parameter, 0);
        }

        var log = nn.functional.log_softmax(z, 0).masked_select(isTrue);
        return zeros_like(z).masked_scatter(isTrue, Value(statistic, log.exp(), -log.expm1(), log));
    }

    private static (Tensor Foreground, Tensor Background) Sigmoid(RegionStatistic statistic, Tensor z, Tensor isTrue)
    {
        if (statistic.Kind == StatisticKind.PredictedSize)
        {
            return ((z * statistic.Parameter).sigmoid(), (z * -statistic.Parameter).sigmoid());
        }

        var truth = where(isTrue, z, -z);
        var value = Value(statistic, truth.sigmoid(), (-truth).sigmoid(), nn.functional.logsigmoid(truth));
        return (where(isTrue, value, 0), where(isTrue, 0, value));
    }

    private static Tensor Value(RegionStatistic statistic, Tensor p, Tensor oneMinusP, Tensor logP) => statistic.Kind switch
    {
        StatisticKind.Overlap => p,
        StatisticKind.NegativeLogLikelihood => -logP,

        // p^γ has no finite derivative at 0 for γ < 1, where that of the whole term is 0.
        _ => -(statistic.Parameter < 1 ? oneMinusP.clamp_min(1.2e-38) : oneMinusP).pow(statistic.Parameter) * logP,
    };

    private static IEnumerable<double[]> Combinations(int length) =>
        length == 0 ? [[]] : Combinations(length - 1).SelectMany(start => Logits.Select(logit => (double[])[.. start, logit]));

    private static void ShouldBeSame(double[] actual, double[] expected, string because)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (!Same(actual[i], expected[i]))
            {
                Assert.Fail($"[{string.Join(", ", actual)}] should be [{string.Join(", ", expected)}]: {because}");
            }
        }
    }

    private static bool Same(double actual, double expected) =>
        double.IsFinite(expected) ? Math.Abs(actual - expected) <= Tolerance.Of(ScalarType.Float32) : actual.Equals(expected);
}
