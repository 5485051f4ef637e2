using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <content>Losses of a confusion matrix of probabilities, pixel after pixel.</content>
internal static partial class PlainLosses
{
    /// <summary>1 − MCC from the confusion matrix itself: R_K of Gorodkin, of two rows for a class against the rest.</summary>
    internal static double Matthews(Scene scene, MatthewsForm form = MatthewsForm.Joint, Pooling pooling = Pooling.Batch, double smoothing = 0, AbsentClass absent = AbsentClass.CountZero, long[]? classes = null)
    {
        double? Loss(double[,] matrix)
        {
            var (count, hits, truth, predicted) = (0.0, 0.0, new double[matrix.GetLength(0)], new double[matrix.GetLength(0)]);
            for (var j = 0; j < truth.Length; j++)
            {
                for (var k = 0; k < truth.Length; k++)
                {
                    var entry = matrix[j, k] + smoothing;
                    (count, hits) = (count + entry, hits + (j == k ? entry : 0));
                    truth[j] += entry;
                    predicted[k] += entry;
                }
            }

            // One class that has all of the target has its square.
            if (absent != AbsentClass.Keep && Enumerable.Range(0, truth.Length).Any(j => Enumerable.Range(0, truth.Length).All(k => k == j || truth[k] == 0)))
            {
                return null;
            }

            double Spread(double[] sizes) => Enumerable.Range(0, sizes.Length).Sum(j => Enumerable.Range(0, sizes.Length).Sum(k => k == j ? 0 : sizes[j] * sizes[k]));
            return 1 - Ratio((count * hits) - Enumerable.Range(0, truth.Length).Sum(k => truth[k] * predicted[k]), Math.Sqrt(Spread(truth) * Spread(predicted)));
        }

        double OfImages(long[] images)
        {
            if (images.All(n => Valid(scene, n) == 0))
            {
                return 0;
            }

            if (scene.Mode == SegmentationMode.Multiclass && form == MatthewsForm.Joint)
            {
                return Loss(Confusion(scene, images)) ?? 0;
            }

            double Weight(long k) => images.Sum(n => PlainRegion.Foreground(scene, n, k).ValidSize);
            var losses = (classes ?? Channels(scene)).Select(k => Weight(k) == 0 ? null : Loss(Confusion(scene, images, k))).Where(loss => loss is not null || absent != AbsentClass.LeaveOut).ToList();
            return Ratio(losses.Sum(loss => loss ?? 0), losses.Count);
        }

        var groups = Groups(scene, pooling);
        return groups.Sum(OfImages) / groups.Count;
    }

    /// <summary>1 − (2·Σ α y (1 − W) + s) / (2·Σ α y (1 − W) + Σ β y W + s'), W = Σ_k M_yk·p_k the Wasserstein distance of a pixel; channels on their own averaged.</summary>
    internal static double WassersteinDice(
        Scene scene, ClassDistances? distances = null, WassersteinWeighting weighting = WassersteinWeighting.Foreground, long? background = 0, Pooling pooling = Pooling.Batch, double smoothing = 0, double? below = null)
    {
        double Loss(double[,] matrix)
        {
            var (hits, errors, isInverse) = (0.0, 0.0, weighting == WassersteinWeighting.InverseSize);
            for (var j = 0; j < matrix.GetLength(0); j++)
            {
                var (size, error) = (0.0, 0.0);
                for (var k = 0; k < matrix.GetLength(0); k++)
                {
                    size += matrix[j, k];
                    error += matrix[j, k] * (distances is null ? (j == k ? 0 : 1) : distances[j, k]);
                }

                var weight = isInverse ? 1 / (size + 1) : 1;
                hits += isInverse || j != background ? weight * (size - error) : 0;
                errors += weight * error;
            }

            var total = (2 * hits) + errors + (below ?? smoothing);
            return total == 0 ? 0 : 1 - (((2 * hits) + smoothing) / total);
        }

        double OfImages(long[] images) => images.All(n => Valid(scene, n) == 0) ? 0
            : scene.Mode == SegmentationMode.Multiclass ? Loss(Confusion(scene, images))
            : Channels(scene).Average(k => Loss(Confusion(scene, images, k)));
        var groups = Groups(scene, pooling);
        return groups.Sum(OfImages) / groups.Count;
    }

    /// <summary>λ·Σ y(1−p)² / Σ y + (1−λ)·Σ (1−y)p² / Σ (1−y).</summary>
    internal static double SensitivitySpecificity(Scene scene, double share = 0.05, Pooling pooling = Pooling.Batch, long[]? classes = null)
    {
        double OfImages(long[] images) => (classes ?? Channels(scene)).Average(k =>
        {
            var (missed, truth, invented, rest) = (0.0, 0.0, 0.0, 0.0);
            foreach (var region in images.Select(n => PlainRegion.Foreground(scene, n, k)))
            {
                for (var pixel = 0L; pixel < scene.Pixels; pixel++)
                {
                    var (w, y, p) = region.Weight(pixel) is var weight and not 0 ? (weight, region.Membership(pixel), region.Probability(pixel)) : default;
                    (missed, truth) = (missed + (w * y * (1 - p) * (1 - p)), truth + (w * y));
                    (invented, rest) = (invented + (w * (1 - y) * p * p), rest + (w * (1 - y)));
                }
            }

            return (share * Ratio(missed, truth)) + ((1 - share) * Ratio(invented, rest));
        });

        var groups = Groups(scene, pooling);
        return groups.Sum(OfImages) / groups.Count;
    }

    /// <summary>a·mean (−log D)^q + b·mean of √(f/f_l)·(−log p)^γ over pixels.</summary>
    internal static double ExponentialLogarithmic(
        Scene scene,
        double ofDice = 0.8,
        double ofCrossEntropy = 0.2,
        double exponent = 0.3,
        double gamma = 0.3,
        double[]? weight = null,
        Pooling pooling = Pooling.Batch,
        double smoothing = 1,
        AbsentClass absent = AbsentClass.CountZero,
        double epsilon = 1e-7,
        long[]? classes = null)
    {
        double CrossEntropy(long[] images)
        {
            var regions = images.SelectMany(n => PlainRegion.All(scene, n)).Where(region => Counts(region, classes)).GroupBy(region => (region.Class, region.IsBackground)).ToList();
            var loss = regions.Sum(group =>
            {
                var w = weight is null ? Math.Sqrt(Ratio(group.Sum(region => region.ValidSize), group.Sum(region => region.TargetSize))) : ClassWeight(weight, group.First());
                return w * group.Sum(region => region.NegativeLogPower(gamma));
            });
            return Ratio(loss, regions.Sum(group => group.Sum(region => region.TargetSize)));
        }

        var dice = Overlap(scene, new PlainOverlap(2, 1, 1) { Link = OverlapLink.Log, Exponent = exponent, Pooling = pooling, Smoothing = smoothing, Absent = absent, Epsilon = epsilon, Classes = classes });
        var groups = Groups(scene, pooling);
        return (ofDice * dice) + (ofCrossEntropy * groups.Sum(CrossEntropy) / groups.Count);
    }

    /// <summary>Σ w·y_j·p_k over the pixels, or with a class that class (1) and the rest (0).</summary>
    private static double[,] Confusion(Scene scene, long[] images, long? ofClass = null)
    {
        var size = ofClass is null ? (int)scene.Classes : 2;
        var matrix = new double[size, size];
        foreach (var n in images)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                PlainRegion Region(int k) => ofClass is { } own ? PlainRegion.Foreground(scene, n, own) with { IsBackground = k == 0 && scene.Mode != SegmentationMode.Multiclass } : PlainRegion.Foreground(scene, n, k);
                (double Y, double P) Of(int k) => Region(k) is var region && ofClass is not null && k == 0 && !region.IsBackground
                    ? (1 - region.Membership(pixel), 1 - region.Probability(pixel))
                    : (region.Membership(pixel), region.Probability(pixel));
                for (var j = 0; j < size && Region(0).Weight(pixel) > 0; j++)
                {
                    for (var k = 0; k < size; k++)
                    {
                        matrix[j, k] += Region(0).Weight(pixel) * Of(j).Y * Of(k).P;
                    }
                }
            }
        }

        return matrix;
    }
}
