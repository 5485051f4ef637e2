using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The sums of one region of one image that Dice and cross-entropy are made of.</summary>
internal readonly record struct RegionSums(double TargetSize, double PredictedSize, double Overlap, double NegativeLogLikelihood, double ValidSize)
{
    /// <summary>For each image its regions: the classes, or the foregrounds and then the backgrounds. Waits for the device.</summary>
    internal static RegionSums[][] Of(Tensor logits, SegmentationTarget target, SegmentationMode mode, long? ignoreIndex)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        using var statistics = RegionStatistics.Compute(logits, target, mode, ignoreIndex, RegionStatistic.PredictedSize(), RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood);
        var sides = (mode == SegmentationMode.Multiclass ? [statistics] : new[] { statistics, statistics.Background }).Select(OfSide).ToArray();
        return [.. Enumerable.Range(0, sides[0].Length).Select(image => sides.SelectMany(side => side[image]).ToArray())];
    }

    public static RegionSums operator +(RegionSums left, RegionSums right) => new(
        left.TargetSize + right.TargetSize, left.PredictedSize + right.PredictedSize, left.Overlap + right.Overlap,
        left.NegativeLogLikelihood + right.NegativeLogLikelihood, left.ValidSize + right.ValidSize);

    private static RegionSums[][] OfSide(RegionStatistics side)
    {
        var sizes = side.TargetSize;
        var numbers = new[] { sizes, side.PredictedSize(), side.Overlap, side.NegativeLogLikelihood, side.ValidSize.expand_as(sizes) }.Select(Numbers).ToArray();
        var (images, regions) = ((int)sizes.shape[0], (int)sizes.shape[1]);
        return [.. Enumerable.Range(0, images).Select(image => Enumerable.Range(image * regions, regions)
            .Select(i => new RegionSums(numbers[0][i], numbers[1][i], numbers[2][i], numbers[3][i], numbers[4][i])).ToArray())];
    }

    private static double[] Numbers(Tensor tensor) => tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
}
