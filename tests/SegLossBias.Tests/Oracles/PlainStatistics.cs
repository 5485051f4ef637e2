using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>
/// The region statistics of a scene and their gradient in plain loops over doubles, pixel after pixel, stable for any
/// logits. Numbers stand as a kernel lays them out: for each image, for each statistic and then for the target size, a
/// row of foregrounds and a row of backgrounds with an entry for each channel.
/// </summary>
internal sealed class PlainStatistics(Scene scene, long? ignoreIndex, IReadOnlyList<RegionStatistic> statistics)
{
    private readonly int _classes = (int)scene.Classes;
    private readonly bool _isMulticlass = scene.Mode == SegmentationMode.Multiclass;

    internal int Length => (int)scene.Images * (statistics.Count + 1) * 2 * _classes;

    internal int At(long image, int place, bool background, int k) =>
        (int)((((((image * (statistics.Count + 1)) + place) * 2) + (background ? 1 : 0)) * _classes) + k);

    /// <summary>The statistics; labels that are no class count as ignored.</summary>
    internal double[] Values()
    {
        var values = new double[Length];
        ForEachPixel((image, pixel, z, label) =>
        {
            for (var place = 0; place <= statistics.Count; place++)
            {
                for (var k = 0; k < _classes; k++)
                {
                    if (label[k] >= 0)
                    {
                        AddValue(values, image, place, k, z, label);
                    }
                }
            }
        });
        return values;
    }

    /// <summary>−log p of the true class of each valid pixel of an image, in multilabel mode of each valid entry.</summary>
    internal static IEnumerable<double> PixelLosses(Scene scene, long image) =>
        PlainRegion.All(scene, image).SelectMany(region => Enumerable.Range(0, (int)scene.Pixels).Where(pixel => region.IsWithin(pixel)).Select(pixel => -Math.Log(region.Probability(pixel))));

    /// <summary>The gradient with respect to the logits, in their order.</summary>
    /// <param name="upstream">That of the values, laid out like them; entries of the target sizes are not read.</param>
    internal double[] Gradient(double[] upstream)
    {
        var gradient = new double[scene.Logits.Length];
        ForEachPixel((image, pixel, z, label) =>
        {
            for (var place = 0; place < statistics.Count; place++)
            {
                var slope = _isMulticlass && statistics[place].Kind != StatisticKind.OneVsRestFocal
                    ? SoftmaxSlope(upstream, image, place, z, label)
                    : SigmoidSlope(upstream, image, place, z, label);
                for (var k = 0; k < _classes; k++)
                {
                    gradient[(((image * _classes) + k) * scene.Pixels) + pixel] += slope[k];
                }
            }
        });
        return gradient;
    }

    /// <summary>Labels by channel: whether the pixel is of the channel (1) or not (0), or ignored (-1).</summary>
    private void ForEachPixel(Action<long, long, double[], int[]> action)
    {
        var (z, label) = (new double[_classes], new int[_classes]);
        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                for (var k = 0; k < _classes; k++)
                {
                    var isShared = scene.Mode != SegmentationMode.Multilabel;
                    var given = scene.Labels[((isShared ? image : (image * _classes) + k) * scene.Pixels) + pixel];
                    var isValid = given != ignoreIndex && given >= 0 && given < (_isMulticlass ? _classes : 2);
                    label[k] = !isValid ? -1 : given == (_isMulticlass ? k : 1) ? 1 : 0;
                    z[k] = scene.Logits[(((image * _classes) + k) * scene.Pixels) + pixel];
                }

                action(image, pixel, z, label);
            }
        }
    }

    private void AddValue(double[] values, long image, int place, int k, double[] z, int[] label)
    {
        var isOwn = label[k] == 1;
        var statistic = place == statistics.Count ? default(RegionStatistic?) : statistics[place];
        if (_isMulticlass && statistic?.Kind != StatisticKind.OneVsRestFocal)
        {
            values[At(image, place, false, k)] += statistic switch
            {
                null => isOwn ? 1 : 0,
                { Kind: StatisticKind.PredictedSize } size => Softmax(z, k, size.Parameter).P,
                _ => isOwn ? Own(statistic.Value, Softmax(z, k, 1)).Value : 0,
            };
        }
        else if (statistic is { Kind: StatisticKind.PredictedSize } size)
        {
            values[At(image, place, false, k)] += Sigmoid(size.Parameter * z[k]).P;
            values[At(image, place, true, k)] += Sigmoid(-size.Parameter * z[k]).P;
        }
        else
        {
            values[At(image, place, !isOwn, k)] += statistic is null ? 1 : Own(statistic.Value, Sigmoid(isOwn ? z[k] : -z[k])).Value;
        }
    }

    private double[] SoftmaxSlope(double[] upstream, long image, int place, double[] z, int[] label)
    {
        var slope = new double[_classes];
        if (label[0] < 0)
        {
            return slope;
        }

        var statistic = statistics[place];
        if (statistic.Kind == StatisticKind.PredictedSize)
        {
            var p = slope.Select((_, k) => Softmax(z, k, statistic.Parameter).P).ToArray();
            var mean = p.Select((probability, k) => probability * upstream[At(image, place, false, k)]).Sum();
            return [.. p.Select((probability, k) => statistic.Parameter * probability * (upstream[At(image, place, false, k)] - mean))];
        }

        var y = Array.IndexOf(label, 1);
        var own = Softmax(z, y, 1);
        var factor = upstream[At(image, place, false, y)] * Own(statistic, own).Slope;
        return [.. slope.Select((_, k) => factor * (k == y ? own.Others : -Softmax(z, k, 1).P))];
    }

    private double[] SigmoidSlope(double[] upstream, long image, int place, double[] z, int[] label)
    {
        var statistic = statistics[place];
        return [.. z.Select((logit, k) =>
        {
            var isOwn = label[k] == 1;
            if (label[k] < 0)
            {
                return 0;
            }

            if (statistic.Kind == StatisticKind.PredictedSize)
            {
                var (p, rest, _) = Sigmoid(statistic.Parameter * logit);
                return statistic.Parameter * p * rest * (upstream[At(image, place, false, k)] - upstream[At(image, place, true, k)]);
            }

            var own = Sigmoid(isOwn ? logit : -logit);
            return (isOwn ? 1 : -1) * upstream[At(image, place, !isOwn, k)] * Own(statistic, own).Slope * own.Others;
        })];
    }

    /// <summary>What a pixel adds for its own probability p, and the derivative of that to log p.</summary>
    private (double Value, double Slope) Own(RegionStatistic statistic, (double P, double Others, double Log) own)
    {
        switch (statistic.Kind)
        {
            case StatisticKind.Overlap:
                return (own.P, own.P);
            case StatisticKind.NegativeLogLikelihood:
                return (-own.Log, -1);
            default:
                var (gamma, shrinkage) = (statistic.Parameter, statistic.Smoothing > 0 ? 1 - statistic.Smoothing - (statistic.Smoothing / (_classes - 1)) : 1);
                var rest = shrinkage * own.Others;

                // p' = ρ p + (1−ρ); written 1 − rest it would lose the digits of a small p.
                var smoothed = (shrinkage * own.P) + (1 - shrinkage);
                var log = statistic.Smoothing > 0 ? Math.Log(smoothed) : own.Log;
                var ratio = statistic.Smoothing > 0 ? shrinkage * own.P / smoothed : 1;
                var bend = gamma == 0 || rest == 0 ? 0 : gamma * Math.Pow(rest, gamma - 1) * shrinkage * own.P * log;
                return (-Math.Pow(rest, gamma) * log, bend - (Math.Pow(rest, gamma) * ratio));
        }
    }

    private static (double P, double Others, double Log) Softmax(double[] z, int k, double temperature)
    {
        var (largest, others) = (z.Max(), 0.0);
        for (var j = 0; j < z.Length; j++)
        {
            others += j == k ? 0 : Math.Exp(temperature * (z[j] - largest));
        }

        var logOwn = temperature * (z[k] - largest);
        var own = Math.Exp(logOwn);
        return (own / (own + others), others / (own + others), logOwn - Math.Log(own + others));
    }

    private static (double P, double Others, double Log) Sigmoid(double t)
    {
        var power = Math.Exp(-Math.Abs(t));
        var (large, small) = (1 / (1 + power), power / (1 + power));
        return (t < 0 ? small : large, t < 0 ? large : small, Math.Min(t, 0) - Math.Log(1 + power));
    }
}
