using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The sums of one region of one image that Dice and cross-entropy are made of. Logarithms stand beside sums that may be too small for their type.</summary>
internal readonly record struct RegionSums(double TargetSize, double PredictedSize, double Overlap, double NegativeLogLikelihood, double ValidSize, double LogPredictedSize, double LogOverlap)
{
    /// <summary>Of no pixel.</summary>
    internal static readonly RegionSums None = new(0, 0, 0, 0, 0, double.NegativeInfinity, double.NegativeInfinity);

    /// <summary>Below this a sum of float32 probabilities has lost digits: 2^20 pixels of the smallest float32 are less.</summary>
    private const double Smallest = 1e-30;

    private static readonly RegionStatistic[] Read = [RegionStatistic.PredictedSize(), RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood];

    /// <summary>For each image its regions: the classes, or the foregrounds and then the backgrounds. Waits for the device.</summary>
    /// <param name="logits">[N,K,*].</param>
    /// <param name="target">Labels, by themselves or with more.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignored">The labels to leave out.</param>
    /// <param name="checksLabels">Whether a wrong label is an error.</param>
    /// <param name="readsLogarithms">Whether logarithms of sums that are too small for their type will be read.</param>
    internal static RegionSums[][] Of(Tensor logits, SegmentationTarget target, SegmentationMode mode, IReadOnlyList<long> ignored, bool checksLabels, bool readsLogarithms)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var input = SegmentationInput.Of(logits, target, mode, ignored, checksLabels).Read([], instances: false);
        var statistics = new RegionStatistics(input, Read);
        var sides = (mode == SegmentationMode.Multiclass ? [statistics] : new[] { statistics, statistics.Background }).Select(OfSide).ToArray();
        RegionSums[][] images = [.. Enumerable.Range(0, sides[0].Length).Select(image => sides.SelectMany(side => side[image]).ToArray())];
        if (readsLogarithms)
        {
            AddLogarithms(images, input);
        }

        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return images;
    }

    /// <summary>Sums that are too small are formed once more, from logarithms of probabilities.</summary>
    private static void AddLogarithms(RegionSums[][] images, SegmentationInput input)
    {
        LogProbabilitySums? logarithms = null;
        for (var region = 0; images.Length > 0 && region < images[0].Length; region++)
        {
            // An image without the region counts where all images are pooled, if the region is nowhere predicted.
            var isPresent = images.Any(image => image[region].TargetSize > 0);
            var isTiny = isPresent && !(images.Sum(image => image[region].PredictedSize) > Smallest);
            for (var image = 0; image < images.Length; image++)
            {
                var sums = images[image][region];
                var hasTiny = sums.TargetSize > 0 && !(Math.Min(sums.PredictedSize, sums.Overlap) > Smallest);
                if (hasTiny || (isTiny && sums.ValidSize > 0))
                {
                    logarithms ??= new LogProbabilitySums(FlatInput.Of(input));
                    var (predicted, overlap) = logarithms.Of(image, region);
                    images[image][region] = sums with { LogPredictedSize = predicted, LogOverlap = overlap };
                }
            }
        }
    }

    /// <summary>The names of the regions, in that order.</summary>
    internal static string[] Names(SegmentationMode mode, int channels) => mode switch
    {
        SegmentationMode.Binary => ["1", "0"],
        SegmentationMode.Multilabel => [.. Enumerable.Range(0, channels).Select(k => $"{k}"), .. Enumerable.Range(0, channels).Select(k => $"not {k}")],
        _ => [.. Enumerable.Range(0, channels).Select(k => $"{k}")],
    };

    public static RegionSums operator +(RegionSums left, RegionSums right) => new(
        left.TargetSize + right.TargetSize, left.PredictedSize + right.PredictedSize, left.Overlap + right.Overlap,
        left.NegativeLogLikelihood + right.NegativeLogLikelihood, left.ValidSize + right.ValidSize,
        LogProbabilitySums.Add(left.LogPredictedSize, right.LogPredictedSize), LogProbabilitySums.Add(left.LogOverlap, right.LogOverlap));

    private static RegionSums[][] OfSide(RegionStatistics side)
    {
        var sizes = side.TargetSize;
        var numbers = new[] { sizes, side.PredictedSize(), side.Overlap, side.NegativeLogLikelihood, side.ValidSize.expand_as(sizes) }.Select(Numbers).ToArray();
        var (images, regions) = ((int)sizes.shape[0], (int)sizes.shape[1]);
        return [.. Enumerable.Range(0, images).Select(image => Enumerable.Range(image * regions, regions)
            .Select(i => new RegionSums(numbers[0][i], numbers[1][i], numbers[2][i], numbers[3][i], numbers[4][i], Math.Log(numbers[1][i]), Math.Log(numbers[2][i]))).ToArray())];
    }

    private static double[] Numbers(Tensor tensor) => tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
}
