namespace SegLossBias.Tests.Metrics;

/// <summary>Calibration in plain loops over pixels.</summary>
internal static class PlainCalibration
{
    /// <summary>Of each class, and last of the most probable label: what was predicted and whether it was true.</summary>
    internal static List<(double P, int Y)>[] Pairs(Scene scene, double[] p)
    {
        var pairs = Enumerable.Range(0, (int)scene.Classes + 1).Select(_ => new List<(double, int)>()).ToArray();
        for (var n = 0; n < scene.Images; n++)
        {
            for (var i = 0; i < scene.Pixels; i++)
            {
                var ks = Enumerable.Range(0, (int)scene.Classes).Where(k => scene.Weight(n, k, i) > 0).ToArray();
                foreach (var k in ks)
                {
                    var (probability, y) = (p[scene.At(n, k, i)], (int)scene.Membership(n, k, i));
                    pairs[k].Add((probability, y));
                    if (scene.Mode != SegmentationMode.Multiclass)
                    {
                        pairs[^1].Add((Math.Max(probability, 1 - probability), probability > 0.5 == (y == 1) ? 1 : 0));
                    }
                }

                if (scene.Mode == SegmentationMode.Multiclass && ks.Length > 0)
                {
                    var top = ks.MaxBy(k => p[scene.At(n, k, i)]);
                    pairs[^1].Add((p[scene.At(n, top, i)], (int)scene.Membership(n, top, i)));
                }
            }
        }

        return pairs;
    }

    /// <summary>The expected calibration error of equal bins.</summary>
    internal static double Error(List<(double P, int Y)> pairs, int bins)
    {
        var error = 0.0;
        for (var bin = 0; bin < bins; bin++)
        {
            var members = pairs.Where(pair => pair.P * bins <= bin + 1 && (pair.P * bins > bin || bin == 0)).ToArray();
            error += members.Length == 0 ? 0 : (double)members.Length / pairs.Count * Math.Abs(members.Average(pair => pair.P) - members.Average(pair => pair.Y));
        }

        return pairs.Count == 0 ? double.NaN : error;
    }
}
