using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>What the accumulators say of each image and class, against plain loops over the pixels.</summary>
internal static class MetricOracles
{
    private static readonly double Exact = Tolerance.Of(ScalarType.Float64);

    internal static void Check(SegmentationMetrics metrics, Scene scene, double[] spacing)
    {
        var hasSurfaces = spacing.Length is 2 or 3;
        switch (metrics)
        {
            case OverlapMetrics overlap:
                var counts = PlainCounts.Of(scene, Scene.Ignore);
                Each(scene, spacing, overlap.Evaluated, (n, k, _) => Library.Ensure(overlap.Image(n, k) == counts[n][k], $"expected counts {counts[n][k]} in image {n}, class {k}, came {overlap.Image(n, k)}"));
                break;
            case VolumeMetrics volume:
                Each(scene, spacing, volume.Evaluated, (n, k, pair) => Volumes(volume.Image(n, k), pair));
                break;
            case SurfaceMetrics surface when hasSurfaces:
                Each(scene, spacing, surface.Evaluated, (n, k, pair) => Surfaces(surface.Image(n, k), pair));
                break;
            case BoundaryMetrics boundary when hasSurfaces:
                Each(scene, spacing, boundary.Evaluated, (n, k, pair) => Bands(boundary.Image(n, k), pair, boundary.DistanceRatio));
                break;
            case LesionMetrics lesion when hasSurfaces:
                Each(scene, spacing, lesion.Evaluated, (n, k, pair) => Lesions(lesion.Image(n, k), PlainLesions.Count(pair, lesion.MinimumIoU, lesion.Connectivity == Connectivity.Faces)));
                break;
            case CenterlineMetrics lines when hasSurfaces:
                Each(scene, spacing, lines.Evaluated, (n, k, pair) => Lines(lines.Image(n, k), PlainCenterline.Of(pair)));
                break;
            case ConfusionMetrics confusion:
                Confusions(confusion, scene);
                break;
            case CalibrationMetrics calibration:
                Calibrations(calibration, scene);
                break;
        }
    }

    private static void Each(Scene scene, double[] spacing, IReadOnlyList<int> classes, Action<int, int, MaskPair> check)
    {
        for (var n = 0; n < scene.Images; n++)
        {
            foreach (var k in classes)
            {
                check(n, k, new([.. scene.Shape[2..].Select(size => (int)size)], spacing, PlainMasks.Predicted(scene, n, k), PlainMasks.True(scene, n, k)));
            }
        }
    }

    private static void Volumes(VolumeScores scores, MaskPair pair)
    {
        var volume = pair.Spacing.Aggregate(1.0, (product, mm) => product * mm);
        var (p, t) = (pair.Prediction.Count(isIn => isIn) * volume, pair.Target.Count(isIn => isIn) * volume);
        Library.EnsureClose([scores.Prediction, scores.Target, scores.Difference, scores.AbsoluteDifference], [p, t, p - t, Math.Abs(p - t)], Exact, "the volumes");
        Library.EnsureClose(scores.RelativeAbsoluteDifference, Math.Abs(p - t) / t, Exact, "the relative difference of the volumes");
    }

    private static void Surfaces(SurfaceScores scores, MaskPair pair)
    {
        var plain = new PlainSurface(pair);
        Library.EnsureClose(scores.Hausdorff, plain.Hausdorff(100), Exact, "the Hausdorff distance");
        Library.EnsureClose(scores.Hausdorff95, plain.Hausdorff(95), Exact, "the Hausdorff distance of 95 %");
        Library.EnsureClose(scores.AverageTargetToPrediction, plain.AverageTargetToPrediction, Exact, "the average distance from the target");
        Library.EnsureClose(scores.AveragePredictionToTarget, plain.AveragePredictionToTarget, Exact, "the average distance from the prediction");
        Library.EnsureClose(scores.AverageSymmetric, plain.AverageSymmetric, Exact, "the average distance");
        Library.EnsureClose(scores.NormalizedSurfaceDistance, plain.Nsd(1), Exact, "the surface Dice");
    }

    private static void Bands(OverlapCounts counts, MaskPair pair, double ratio)
    {
        var distance = Math.Max(1, (int)Math.Round(ratio * Math.Sqrt(pair.Shape.Sum(size => (double)size * size))));
        int[] flat = [.. pair.Shape[..^1].SkipWhile(size => size == 1), pair.Shape[^1]]; // What is one layer thick is flat, not all edge.
        var (p, t) = (PlainMasks.Band(flat, pair.Prediction, distance), PlainMasks.Band(flat, pair.Target, distance));
        Library.EnsureClose(counts.IoU, (double)p.Zip(t).Count(pixel => pixel.First && pixel.Second) / p.Zip(t).Count(pixel => pixel.First || pixel.Second), Exact, "the IoU of the bands");
    }

    private static void Lesions(LesionCounts counts, (long Tp, long Fp, long Fn, double Dice, double IoU) plain)
    {
        Library.EnsureClose([counts.TruePositives, counts.FalsePositives, counts.FalseNegatives, counts.DiceSum, counts.IoUSum], [plain.Tp, plain.Fp, plain.Fn, plain.Dice, plain.IoU], Exact, "the lesions");
        Library.EnsureClose(counts.PanopticQuality, plain.IoU / (plain.Tp + (0.5 * plain.Fp) + (0.5 * plain.Fn)), Exact, "the panoptic quality");
    }

    private static void Lines(CenterlineCounts counts, (double Precision, double Sensitivity, double ClDice) plain)
    {
        Library.EnsureClose(counts.TopologyPrecision, plain.Precision, Exact, "the topology precision");
        Library.EnsureClose(counts.TopologySensitivity, plain.Sensitivity, Exact, "the topology sensitivity");
        Library.EnsureClose(counts.ClDice, plain.ClDice, Exact, "the centre-line Dice");
    }

    private static void Confusions(ConfusionMetrics metrics, Scene scene)
    {
        var prediction = PlainCounts.Prediction(scene);
        for (var n = 0; n < scene.Images; n++)
        {
            for (var cell = 0; cell < scene.Classes * scene.Classes; cell++)
            {
                var (t, p) = Math.DivRem(cell, (int)scene.Classes);
                var count = Enumerable.Range((int)(n * scene.Pixels), (int)scene.Pixels).LongCount(i => scene.Labels[i] == t && prediction[i] == p);
                Library.Ensure(metrics.Image(n)[t, p] == count, $"expected {count} pixels of class {t} with label {p} in image {n}, came {metrics.Image(n)[t, p]}");
            }
        }
    }

    private static void Calibrations(CalibrationMetrics metrics, Scene scene)
    {
        var pairs = PlainCalibration.Pairs(scene, Probabilities(scene));
        for (var k = 0; k < scene.Classes; k++)
        {
            Library.EnsureClose(metrics.BrierScoreOf(k), pairs[k].Select(pair => Math.Pow(pair.P - pair.Y, 2)).DefaultIfEmpty(double.NaN).Average(), Exact, $"the Brier score of class {k}");
            EnsureError(metrics.ExpectedCalibrationErrorOf(k), pairs[k], $"the calibration error of class {k}");
        }

        EnsureError(metrics.ExpectedCalibrationError, pairs[^1], "the calibration error");

        // On the edge of two bins the last place of a probability decides.
        void EnsureError(double actual, List<(double P, int Y)> plain, string what)
        {
            if (plain.All(pair => pair.P is 0 or 1 || pair.P * metrics.Bins < 0.5 || Math.Abs((pair.P * metrics.Bins) - Math.Round(pair.P * metrics.Bins)) > 1e-9))
            {
                Library.EnsureClose(actual, PlainCalibration.Error(plain, metrics.Bins), Exact, what);
            }
        }
    }

    private static double[] Probabilities(Scene scene)
    {
        var p = new double[scene.Logits.Length];
        for (var at = 0; at < p.Length; at++)
        {
            var (image, rest) = Math.DivRem(at, scene.Classes * scene.Pixels);
            var logits = scene.Mode == SegmentationMode.Multiclass
                ? Enumerable.Range(0, (int)scene.Classes).Select(k => scene.Logits[scene.At(image, k, rest % scene.Pixels)]).ToArray()
                : [scene.Logits[at], 0];
            p[at] = 1 / logits.Sum(z => Math.Exp(z - scene.Logits[at]));
        }

        return p;
    }
}
