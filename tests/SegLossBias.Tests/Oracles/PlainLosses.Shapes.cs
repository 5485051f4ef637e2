using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>Losses that look at the neighbours of a pixel, or at its distance to others.</summary>
internal static partial class PlainLosses
{
    /// <summary>1 − 2ab/(a+b), a = (Σ S(p)·y + s)/(Σ S(p) + s), b = (Σ S(y)·p + s)/(Σ S(y) + s), of each class or of all together.</summary>
    internal static double CenterlineDice(Scene scene, int iterations = 3, double smoothing = 1, Pooling pooling = Pooling.Batch, AbsentClass absent = AbsentClass.Keep, long[]? classes = null, bool joins = false)
    {
        var all = (classes ?? Channels(scene)).ToArray();
        return OverRows(scene, pooling, images => MeanOfPresent(absent, (joins ? [all] : all.Select(k => (long[])[k])).Select(group =>
        {
            double hitsOfPrediction = 0, ofPrediction = 0, hitsOfTruth = 0, ofTruth = 0, size = 0, valid = 0;
            foreach (var region in images.SelectMany(n => group.Select(k => PlainRegion.Foreground(scene, n, k))))
            {
                var pixels = Enumerable.Range(0, (int)scene.Pixels).ToArray();
                bool[] isValid = [.. pixels.Select(pixel => region.Weight(pixel) > 0)];
                double[] p = [.. pixels.Select(pixel => region.Probability(pixel))];
                double[] y = [.. pixels.Select(pixel => region.Membership(pixel))];
                var (lines, trueLines) = (PlainSkeleton.Of(p, isValid, scene.Shape[2..], iterations), PlainSkeleton.Of(y, isValid, scene.Shape[2..], iterations));
                foreach (var pixel in pixels.Where(pixel => isValid[pixel]))
                {
                    var weight = region.Weight(pixel);
                    hitsOfPrediction += weight * lines[pixel] * y[pixel];
                    ofPrediction += weight * lines[pixel];
                    hitsOfTruth += weight * trueLines[pixel] * p[pixel];
                    ofTruth += weight * trueLines[pixel];
                    size += weight * y[pixel];
                    valid += weight;
                }
            }

            var (a, b) = (Ratio(hitsOfPrediction + smoothing, ofPrediction + smoothing), Ratio(hitsOfTruth + smoothing, ofTruth + smoothing));
            return (valid == 0 ? 0 : 1 - (2 * Ratio(a * b, a + b)), size);
        })));
    }

    /// <summary>Σ w·(p − y)²·(d_p^α + d_y^α) / Σ w of each class, d the distance to the nearest pixel on the other side of ½.</summary>
    internal static double Hausdorff(Scene scene, double alpha = 2, bool isLog = false, Pooling pooling = Pooling.Batch, AbsentClass absent = AbsentClass.Keep, long[]? classes = null, double[]? spacing = null) => OverRows(scene, pooling, images =>
    {
        var mean = MeanOfPresent(absent, (classes ?? Channels(scene)).Select(k =>
        {
            double sum = 0, size = 0, valid = 0;
            foreach (var region in images.Select(n => PlainRegion.Foreground(scene, n, k)))
            {
                int[] pixels = [.. Enumerable.Range(0, (int)scene.Pixels).Where(pixel => region.Weight(pixel) > 0)];
                double Far(Func<int, double> share, int pixel) =>
                    Math.Pow(pixels.Where(other => share(other) > 0.5 != share(pixel) > 0.5).Select(other => Distance(scene.Shape[2..], spacing, pixel, other)).DefaultIfEmpty(0).Min(), alpha);
                foreach (var pixel in pixels)
                {
                    var error = region.Probability(pixel) - region.Membership(pixel);
                    sum += region.Weight(pixel) * error * error * (Far(other => region.Probability(other), pixel) + Far(other => region.Membership(other), pixel));
                    size += region.Weight(pixel) * region.Membership(pixel);
                    valid += region.Weight(pixel);
                }
            }

            return (Ratio(sum, valid), size);
        }));
        return isLog ? Math.Log(1 + mean) : mean;
    });

    private static double Distance(long[] space, double[]? spacing, long from, long to)
    {
        var squared = 0.0;
        for (var axis = space.Length - 1; axis >= 0; axis--)
        {
            squared += Math.Pow(((from % space[axis]) - (to % space[axis])) * (spacing?[axis] ?? 1), 2);
            (from, to) = (from / space[axis], to / space[axis]);
        }

        return Math.Sqrt(squared);
    }

    private static double MeanOfPresent(AbsentClass absent, IEnumerable<(double Loss, double Size)> classes)
    {
        var counted = classes.Where(one => one.Size > 0 || absent != AbsentClass.LeaveOut).Select(one => one.Size == 0 && absent == AbsentClass.CountZero ? 0 : one.Loss).ToArray();
        return Ratio(counted.Sum(), counted.Length);
    }
}
