using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <summary>
/// The region statistics of a scene and their gradient in plain loops over doubles, pixel after pixel, stable for any
/// logits. Numbers stand as a kernel lays them out: for each image, for each statistic and then for the target size, a
/// row of foregrounds and backgrounds with an entry for each channel, and of instances.
/// </summary>
internal sealed class PlainStatistics(Scene scene, IReadOnlyList<RegionStatistic> statistics)
{
    private readonly int _classes = (int)scene.Classes;
    private readonly int _instances = (int)scene.InstanceCount;
    private readonly bool _isMulticlass = scene.Mode == SegmentationMode.Multiclass;

    /// <summary>p of all classes of the pixel at hand, by temperature; calculated once, which many classes need.</summary>
    private readonly Dictionary<double, double[]> _probabilities = [];

    /// <summary>A sum over the pixels of Σ w·m·f: f, and its derivative to log p.</summary>
    private delegate (double Value, double Slope) Term((double P, double Others, double Log) own, double y, double map);

    internal int Length => (int)scene.Images * (statistics.Count + 1) * RowLength;

    private int RowLength => (2 * _classes) + _instances;

    internal int At(long image, int place, bool background, int k) => Column(image, place, (background ? _classes : 0) + k);

    /// <summary>The statistics.</summary>
    internal double[] Values()
    {
        var values = new double[Length];
        ForEachEntry((image, pixel, k, z) =>
        {
            var weight = scene.Weight(image, k, pixel);
            var (y, instance) = (scene.Membership(image, k, pixel), scene.Instance(image, k, pixel));
            var isOfInstance = instance >= 0 && y == 1;
            for (var place = 0; place < statistics.Count; place++)
            {
                var (kind, term) = (statistics[place].Kind, Of(statistics[place]));
                var (foreground, background) = Probabilities(z, k, statistics[place]);
                var map = Factor(statistics[place], image, k, pixel);
                values[At(image, place, false, k)] += weight * term(foreground, y, map).Value;
                if (statistics[place].HasBackground(scene.Mode))
                {
                    values[At(image, place, true, k)] += weight * term(background, 1 - y, 0).Value;
                }

                if (isOfInstance && kind == StatisticKind.Overlap)
                {
                    values[OfInstance(image, place, instance)] += weight * foreground.P;
                }
            }

            values[At(image, statistics.Count, false, k)] += weight * y;
            values[At(image, statistics.Count, true, k)] += _isMulticlass ? 0 : weight * (1 - y);
            if (isOfInstance)
            {
                values[OfInstance(image, statistics.Count, instance)] += weight;
            }
        });
        return values;
    }

    /// <summary>The gradient with respect to the logits, in their order.</summary>
    /// <param name="upstream">That of the values, laid out like them; entries of the target sizes are not read.</param>
    internal double[] Gradient(double[] upstream)
    {
        var gradient = new double[scene.Logits.Length];
        ForEachEntry((image, pixel, k, z) =>
        {
            var weight = scene.Weight(image, k, pixel);
            var (y, instance) = (scene.Membership(image, k, pixel), scene.Instance(image, k, pixel));
            for (var place = 0; place < statistics.Count; place++)
            {
                var (kind, term) = (statistics[place].Kind, Of(statistics[place]));
                var (foreground, background) = Probabilities(z, k, statistics[place]);
                var map = Factor(statistics[place], image, k, pixel);
                var temperature = kind == StatisticKind.PredictedSize ? statistics[place].Parameter : 1;
                var ofInstance = instance >= 0 && y == 1 && kind == StatisticKind.Overlap ? upstream[OfInstance(image, place, instance)] : 0;
                var slope = temperature * weight * (upstream[At(image, place, false, k)] + ofInstance) * term(foreground, y, map).Slope;
                if (_isMulticlass && kind != StatisticKind.OneVsRestFocal)
                {
                    for (var j = 0; j < _classes && slope != 0; j++)
                    {
                        gradient[scene.At(image, j, pixel)] += slope * (j == k ? foreground.Others : -Probabilities(z, temperature)[j]);
                    }

                    continue;
                }

                var ofBackground = statistics[place].HasBackground(scene.Mode) ? temperature * weight * upstream[At(image, place, true, k)] * term(background, 1 - y, 0).Slope : 0;
                gradient[scene.At(image, k, pixel)] += (slope * foreground.Others) - (ofBackground * background.Others);
            }
        });
        return gradient;
    }

    private int Column(long image, int place, long column) => (int)((((image * (statistics.Count + 1)) + place) * RowLength) + column);

    private int OfInstance(long image, int place, long instance) => Column(image, place, (2 * _classes) + instance);

    /// <summary>Each channel of each pixel that is not ignored, with the logits of the pixel.</summary>
    private void ForEachEntry(Action<long, long, int, double[]> action)
    {
        var z = new double[_classes];
        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                _probabilities.Clear();
                for (var k = 0; k < _classes; k++)
                {
                    z[k] = scene.Logits[scene.At(image, k, pixel)];
                }

                for (var k = 0; k < _classes; k++)
                {
                    if (scene.Weight(image, k, pixel) != 0)
                    {
                        action(image, pixel, k, z);
                    }
                }
            }
        }
    }

    private ((double P, double Others, double Log) Foreground, (double P, double Others, double Log) Background) Probabilities(double[] z, int k, RegionStatistic statistic)
    {
        var temperature = statistic.Kind == StatisticKind.PredictedSize ? statistic.Parameter : 1;
        return _isMulticlass && statistic.Kind != StatisticKind.OneVsRestFocal
            ? (Softmax(z, k, temperature), default)
            : (Sigmoid(temperature * z[k]), Sigmoid(-temperature * z[k]));
    }

    private double[] Probabilities(double[] z, double temperature)
    {
        if (!_probabilities.TryGetValue(temperature, out var p))
        {
            _probabilities[temperature] = p = [.. Enumerable.Range(0, _classes).Select(k => Softmax(z, k, temperature).P)];
        }

        return p;
    }

    /// <summary>φ of a map sum; of a row of the confusion matrix the label of its class.</summary>
    private double Factor(RegionStatistic statistic, long image, int k, long pixel) => statistic.Kind switch
    {
        StatisticKind.MapSum => scene.Maps[statistic.Map!][scene.At(image, k, pixel)],
        StatisticKind.Confusion => scene.Membership(image, statistic.TrueClass, pixel),
        _ => 0,
    };

    private Term Of(RegionStatistic statistic)
    {
        var parameter = statistic.Parameter;
        return statistic.Kind switch
        {
            StatisticKind.PredictedSize => (own, _, _) => (own.P, own.P),
            StatisticKind.Overlap => (own, y, _) => (y * own.P, y * own.P),
            StatisticKind.NegativeLogLikelihood => (own, y, _) => y == 0 ? (0, 0) : (-y * own.Log, -y),
            StatisticKind.PredictedPower => (own, _, _) => (Math.Pow(own.P, parameter), parameter * Math.Pow(own.P, parameter)),
            StatisticKind.OverlapPower => (own, y, _) => (y * Math.Pow(own.P, parameter), y * parameter * Math.Pow(own.P, parameter)),
            StatisticKind.NegativeLogPower => (own, y, _) => y == 0 || own.Log == 0 ? (0, 0) : (y * Math.Pow(-own.Log, parameter), -y * parameter * Math.Pow(-own.Log, parameter - 1)),
            StatisticKind.NegativeLogEverywhere => (own, _, _) => (-own.Log, -1),
            StatisticKind.Difference => (own, y, _) => (Distance(own, y), DistanceSign(own, y) * own.P),
            StatisticKind.TargetSquare => (_, y, _) => (y * y, 0),
            StatisticKind.MapSum or StatisticKind.Confusion => (own, _, map) => (map * own.P, map * own.P),
            _ => (own, y, _) => y == 0 ? (0, 0) : Focal(statistic, own, y),
        };
    }

    /// <summary>|p − y|, from 1 − p where y is 1, which keeps its digits.</summary>
    private static double Distance((double P, double Others, double Log) own, double y) => y == 1 ? own.Others : Math.Abs(own.P - y);

    private static int DistanceSign((double P, double Others, double Log) own, double y) => y == 1 ? (own.Others > 0 ? -1 : 0) : Math.Sign(own.P - y);

    private (double Value, double Slope) Focal(RegionStatistic statistic, (double P, double Others, double Log) own, double y)
    {
        var (gamma, shrinkage) = (statistic.Parameter, statistic.Smoothing > 0 ? 1 - statistic.Smoothing - (statistic.Smoothing / (_classes - 1)) : 1);
        var rest = shrinkage * own.Others;

        // p' = ρ p + (1−ρ); written 1 − rest it would lose the digits of a small p.
        var smoothed = (shrinkage * own.P) + (1 - shrinkage);
        var log = statistic.Smoothing > 0 ? Math.Log(smoothed) : own.Log;
        var ratio = statistic.Smoothing > 0 ? shrinkage * own.P / smoothed : 1;
        var bend = gamma == 0 || rest == 0 ? 0 : gamma * Math.Pow(rest, gamma - 1) * shrinkage * own.P * log;
        return (-y * Math.Pow(rest, gamma) * log, y * (bend - (Math.Pow(rest, gamma) * ratio)));
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
        return (own / (own + others), others / (own + others), logOwn == 0 ? -LogOnePlus(others) : logOwn - Math.Log(own + others));
    }

    private static (double P, double Others, double Log) Sigmoid(double t)
    {
        var power = Math.Exp(-Math.Abs(t));
        var (large, small) = (1 / (1 + power), power / (1 + power));
        return (t < 0 ? small : large, t < 0 ? large : small, Math.Min(t, 0) - LogOnePlus(power));
    }

    /// <summary>log(1 + x) with all its digits, however small x ≥ 0 is: what 1 + x rounds away changes the quotient little.</summary>
    private static double LogOnePlus(double x) => 1 + x == 1 ? x : x * (Math.Log(1 + x) / (1 + x - 1));
}
