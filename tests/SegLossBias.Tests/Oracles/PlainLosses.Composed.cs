using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>Losses that sort pixels.</summary>
internal static partial class PlainLosses
{
    /// <summary>The mean over the pixels with −log p above −log t, at least over so many.</summary>
    internal static double Ohem(Scene scene, double threshold = 0.7, double ratio = 1.0 / 16, Pooling pooling = Pooling.Batch, int count = 0, double[]? weight = null, long[]? classes = null)
    {
        double Mean(IEnumerable<PixelLoss> losses)
        {
            var all = losses.ToArray();
            var hard = all.Where(pixel => Math.Exp(-pixel.Hardness) < threshold).ToArray();
            var least = Math.Max(Math.Max(1, count), (int)Math.Floor(ratio * all.Length));
            hard = hard.Length >= least ? hard : [.. all.OrderByDescending(pixel => pixel.Hardness).Take(least)];
            return Ratio(hard.Sum(pixel => pixel.Weight * pixel.Loss), hard.Sum(pixel => pixel.Weight));
        }

        return OverRows(scene, pooling, images => Mean(images.SelectMany(n => PixelLosses(scene, n, weight: weight, classes: classes))));
    }

    internal static double LovaszSoftmax(Scene scene, Pooling pooling = Pooling.Batch, AbsentClass absent = AbsentClass.LeaveOut, long[]? classes = null) =>
        Lovasz(scene, pooling, absent, (classes ?? Channels(scene)).Select(k => (long[])[k]), (entry, pixel) => Math.Abs(entry.Membership(pixel) - entry.Probability(pixel)));

    internal static double LovaszHinge(Scene scene, Pooling pooling = Pooling.Batch, AbsentClass absent = AbsentClass.Keep, long[]? classes = null, bool joins = false)
    {
        var all = (classes ?? Channels(scene)).ToArray();
        return Lovasz(scene, pooling, absent, joins ? [all] : all.Select(k => (long[])[k]), (entry, pixel) =>
            1 - (scene.Logits[scene.At(entry.Image, entry.Class, pixel)] * ((2 * entry.Membership(pixel)) - 1)));
    }

    /// <summary>
    /// Σ_j max(e_j, 0)·(J(first j) − J(first j−1)) of each group of channels, from the Jaccard loss of a set of wrong pixels:
    /// 1 − Σ of y outside the set / Σ of y, and of 1 − y inside the set.
    /// </summary>
    private static double Lovasz(Scene scene, Pooling pooling, AbsentClass absent, IEnumerable<long[]> groups, Func<PlainRegion, int, double> error) => OverRows(scene, pooling, images =>
    {
        var losses = new List<double>();
        foreach (var group in groups)
        {
            var entries = images.SelectMany(n => group.Select(k => PlainRegion.Foreground(scene, n, k)))
                .SelectMany(region => Enumerable.Range(0, (int)scene.Pixels).Where(pixel => region.Weight(pixel) > 0).Select(pixel =>
                    (Error: error(region, pixel), Truth: region.Membership(pixel), Weight: region.Weight(pixel))))
                .OrderByDescending(entry => entry.Error).ToArray();
            double Jaccard(int wrong) => 1 - Ratio(entries.Skip(wrong).Sum(entry => entry.Weight * entry.Truth), Union(wrong)) is var loss && Union(wrong) == 0 ? 0 : loss;
            double Union(int wrong) => entries.Sum(entry => entry.Weight * entry.Truth) + entries.Take(wrong).Sum(entry => entry.Weight * (1 - entry.Truth));
            var value = Enumerable.Range(1, entries.Length).Sum(j => Math.Max(entries[j - 1].Error, 0) * (Jaccard(j) - Jaccard(j - 1)));
            var isAbsent = entries.Sum(entry => entry.Weight * entry.Truth) == 0;
            if (!isAbsent || absent != AbsentClass.LeaveOut)
            {
                losses.Add(isAbsent && absent == AbsentClass.CountZero ? 0 : value);
            }
        }

        return Ratio(losses.Sum(), losses.Count);
    });

    /// <summary>The value of the batch, or the mean of those of its images.</summary>
    private static double OverRows(Scene scene, Pooling pooling, Func<long[], double> value) =>
        pooling == Pooling.Batch ? value([.. Images(scene)]) : Images(scene).Sum(n => value([n])) / scene.Images;
}
