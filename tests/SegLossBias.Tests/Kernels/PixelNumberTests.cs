using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>The number of each pixel from logarithms and focal terms, with the gradient, against plain loops.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class PixelNumberTests
{
    private static readonly PixelFactors[] Factors = [new(1, 0), new(0.9, 0.1 / 3), new(0, 1), new(-2, 0.5)];

    [Theory]
    [InlineData(2, 77)]
    [InlineData(5, 300)]
    [InlineData(19, 130)]
    [InlineData(150, 67)]
    public void EveryWidthTypeAndLayout_EqualsPlainLoops(int classes, int pixels)
    {
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            foreach (var channelsLast in (bool[])[false, true])
            {
                Check(KernelScenes.Make(SegmentationMode.Multiclass, 2, classes, pixels, firstPattern: 1), type, channelsLast);
            }
        }
    }

    [Fact]
    public void CountsAroundVectorsAndTiles_EqualPlainLoops()
    {
        foreach (var pixels in (int[])[1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257])
        {
            Check(KernelScenes.Make(SegmentationMode.Multiclass, 1, 3, pixels, seed: pixels), ScalarType.Float32, channelsLast: false);
        }
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(300)]
    [InlineData(20)]
    public void ExtremeLogits_EqualPlainLoops(double spread)
    {
        Check(KernelScenes.Make(SegmentationMode.Multiclass, 2, 4, 97, spread: spread), ScalarType.Float32, channelsLast: false);
        Check(KernelScenes.Make(SegmentationMode.Multiclass, 2, 4, 97, spread: spread), ScalarType.Float64, channelsLast: false);
    }

    /// <summary>The number of threads changes no bit.</summary>
    [Fact]
    public void NumberOfThreads_ChangesNoBit()
    {
        var scene = WithoutIgnored(KernelScenes.Make(SegmentationMode.Multiclass, 2, 5, 140_001));
        using var input = new KernelInput(scene, null, [RegionStatistic.NegativeLogLikelihood]);
        var upstream = Upstream(scene);
        foreach (var kernel in KernelTable.Chosen(ScalarType.Float32))
        {
            var (values, gradient) = Run(input, kernel, new(0.9, 0.02), ScalarType.Float32, upstream, 1);
            foreach (var threads in (int[])[2, 3, 7])
            {
                var (again, sameGradient) = Run(input, kernel, new(0.9, 0.02), ScalarType.Float32, upstream, threads);
                again.AsSpan().SequenceEqual(values).Should().BeTrue($"{threads} threads");
                sameGradient.AsSpan().SequenceEqual(gradient).Should().BeTrue($"{threads} threads");
            }
        }
    }

    [Fact]
    public void WrongLabel_IsReported()
    {
        var scene = WithoutIgnored(KernelScenes.Make(SegmentationMode.Multiclass, 1, 3, 40));
        scene.Labels[33] = 3;
        using var input = new KernelInput(scene, null, [RegionStatistic.NegativeLogLikelihood]);
        using var values = new GuardedMemory(40 * sizeof(float));
        foreach (var kernel in KernelTable.All(ScalarType.Float32))
        {
            kernel.Pixels(WithSoftmax(input, 1), new(1, 0), new(values.Start, ElementType.Float32, 40, 0, 1)).Should().BeFalse(kernel.Name);
        }
    }

    private static void Check(Scene scene, ScalarType type, bool channelsLast)
    {
        scene = WithoutIgnored(scene);
        using var input = new KernelInput(scene, null, [RegionStatistic.NegativeLogLikelihood], type, channelsLast: channelsLast, labelStride: channelsLast ? 2 : 1);
        var upstream = Upstream(scene);
        double[] focal = [.. Enumerable.Range(0, 2 * (int)scene.Classes).Select(k => 1 + (0.25 * (k % 5)))];
        foreach (var factors in (PixelFactors[])[.. Factors, new(0, 0, focal), new(0.9, 0.1, focal)])
        {
            var (expected, expectedGradient) = Plain(input.Scene, factors, upstream);
            foreach (var kernel in KernelTable.All(type))
            {
                var because = $"{kernel.Name}, {type}, K={scene.Classes}, {scene.Pixels} pixels, {factors}";
                var (values, gradient) = Run(input, kernel, factors, type, upstream, 1);

                // What is added up may cancel where a factor is negative.
                var magnitudes = Plain(input.Scene, new(Math.Abs(factors.OfTruth), Math.Abs(factors.OfAll), factors.OfFocal), upstream).Values;
                values.ShouldAllBeClose(expected, Tolerance.Statistic(type), because, magnitudes);
                gradient.ShouldBeCloseToLargest(expectedGradient, Tolerance.StoredGradient(type), because, floor: 1);
            }
        }
    }

    private static (double[] Values, double[] Gradient) Run(KernelInput input, RegionKernel kernel, PixelFactors factors, ScalarType type, double[] upstream, int threads)
    {
        var job = WithSoftmax(input, threads);
        var (pixels, logits, size) = (job.Images * (int)job.Pixels, job.Images * job.Channels * (int)job.Pixels, type == ScalarType.Float64 ? sizeof(double) : sizeof(float));
        using var scope = NewDisposeScope();
        using var values = new GuardedMemory(pixels * size);
        using var gradient = new GuardedMemory(logits * size);
        using var given = GuardedMemory.Copy(tensor(upstream).to(type).bytes);
        PixelView View(nint start) => new(start, job.Logits.Type, job.Pixels, 0, 1);
        kernel.Pixels(job, factors, View(values.Start)).Should().BeTrue(kernel.Name);
        kernel.PixelGradient(job, factors, View(given.Start), job.Logits with { Start = gradient.Start });
        values.ShouldBeIntact(kernel.Name);
        gradient.ShouldBeIntact(kernel.Name);
        var isChannelsLast = job.Logits.ChannelStride == 1 && job.Logits.PixelStride != 1;
        return (Numbers(values, type, [pixels]), isChannelsLast ? ByChannel(Numbers(gradient, type, [logits]), job) : Numbers(gradient, type, [logits]));
    }

    private static double[] Numbers(GuardedMemory memory, ScalarType type, long[] shape)
    {
        var numbers = empty(shape, type);
        memory.Span.CopyTo(numbers.bytes);
        return Evaluation.Numbers(numbers);
    }

    private static double[] ByChannel(double[] gradient, RegionJob job) =>
        Evaluation.Numbers(tensor(gradient, [job.Images, job.Pixels, job.Channels]).permute(0, 2, 1));

    private static RegionJob WithSoftmax(KernelInput input, int threads) => input.Job with { Mode = KernelMode.Softmax, Threads = threads };

    private static Scene WithoutIgnored(Scene scene) => scene with { Labels = [.. scene.Labels.Select(label => label == KernelScenes.Ignore ? 0 : label)] };

    private static double[] Upstream(Scene scene)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, (int)(scene.Images * scene.Pixels)).Select(_ => (double)(float)((4 * random.NextDouble()) - 2))];
    }

    /// <summary>In double, from p as it is defined.</summary>
    private static (double[] Values, double[] Gradient) Plain(Scene scene, PixelFactors factors, double[] upstream)
    {
        var (values, gradient) = (new double[upstream.Length], new double[scene.Logits.Length]);
        for (var at = 0; at < values.Length; at++)
        {
            var (image, pixel) = (at / scene.Pixels, at % scene.Pixels);
            double[] z = [.. Enumerable.Range(0, (int)scene.Classes).Select(k => scene.Logits[scene.At(image, k, pixel)])];
            var (truth, largest) = ((int)scene.Labels[at], z.Max());
            var logSum = Math.Log(z.Sum(logit => Math.Exp(logit - largest)));
            if (z.Count(logit => logit == largest) == 1)
            {
                // log(1 + r) with the digits of a small r.
                var rest = z.Where(logit => logit != largest).Sum(logit => Math.Exp(logit - largest));
                logSum = rest < 1e-5 ? rest - (rest * rest / 2) : logSum;
            }

            double[] negativeLog = [.. z.Select(logit => logSum - (logit - largest))];
            values[at] = (factors.OfTruth * negativeLog[truth]) + (factors.OfAll * negativeLog.Sum());
            for (var k = 0; k < z.Length; k++)
            {
                var p = Math.Exp(-negativeLog[k]);
                var slope = (factors.OfTruth * (p - (k == truth ? 1 : 0))) + (factors.OfAll * ((z.Length * p) - 1));
                if (factors.OfFocal is { } focal)
                {
                    var (term, ofTerm) = Focal(z[k], k == truth);
                    var factor = focal[k == truth ? k : z.Length + k];
                    values[at] += factor * term;
                    slope += factor * ofTerm;
                }

                gradient[scene.At(image, k, pixel)] = upstream[at] * slope;
            }
        }

        return (values, gradient);
    }

    /// <summary>(1−q)² · −log q of the probability q = σ(±z) of what is true, and its derivative to z.</summary>
    private static (double Term, double Slope) Focal(double z, bool isTruth)
    {
        var t = isTruth ? z : -z;
        var (q, rest) = (1 / (1 + Math.Exp(-t)), 1 / (1 + Math.Exp(t)));
        var negativeLog = t < -30 ? -t : Math.Log(1 + Math.Exp(-t));
        var slope = -rest * rest * ((2 * q * negativeLog) + rest);
        return (rest * rest * negativeLog, isTruth ? slope : -slope);
    }
}
