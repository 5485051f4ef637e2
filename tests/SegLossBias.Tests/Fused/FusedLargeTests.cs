using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>Logits of more than 2^31 bytes. Takes some 8 GB and runs only where SEGLOSSBIAS_LARGE_TESTS=1.</summary>
[Collection(nameof(Alone))]
public class FusedLargeTests
{
    [SkippableFact]
    public void MoreThanTwoGigabytes_AreTheSumOfTheirParts()
    {
        Skip.IfNot(Environment.GetEnvironmentVariable("SEGLOSSBIAS_LARGE_TESTS") == "1", "SEGLOSSBIAS_LARGE_TESTS=1 asks for it");
        const int classes = 3;
        const int depth = 190;
        RegionStatistic[] statistics = [RegionStatistic.NegativeLogLikelihood, RegionStatistic.Overlap, RegionStatistic.PredictedSize(10)];
        using var scope = NewDisposeScope();
        using var random = manual_seed(1);
        var logits = randn([1, classes, depth, 1024, 1024]).mul_(2);
        var target = randint(classes, [1, depth, 1024, 1024], dtype: ScalarType.Byte);
        (logits.numel() * logits.element_size()).Should().BeGreaterThan(1L << 31);
        _ = logits.requires_grad_(true);
        using var whole = RegionStatistics.Compute(logits, target, SegmentationMode.Multiclass, null, statistics);
        FusedScenes.Weighted(whole, statistics).backward();
        whole.Implementation.Should().StartWith("fused");

        var sums = statistics.Select(_ => new double[classes]).ToArray();
        const int step = 38;
        for (var first = 0; first < depth; first += step)
        {
            using var inner = NewDisposeScope();
            var part = logits.detach()[.., .., first..(first + step)].contiguous().requires_grad_(true);
            using var regions = RegionStatistics.Compute(part, target[.., first..(first + step)], SegmentationMode.Multiclass, null, statistics);
            for (var s = 0; s < statistics.Length; s++)
            {
                var values = Evaluation.Numbers(FusedScenes.Get(regions, statistics[s]));
                sums[s] = [.. sums[s].Zip(values, (sum, value) => sum + value)];
            }

            FusedScenes.Weighted(regions, statistics).backward();
            (part.grad! - logits.grad![.., .., first..(first + step)]).abs().max().item<float>().Should().Be(0);
        }

        for (var s = 0; s < statistics.Length; s++)
        {
            Evaluation.Numbers(FusedScenes.Get(whole, statistics[s])).Zip(sums[s]).Should()
                .OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= Tolerance.Float32Value * pair.Second);
        }
    }
}
