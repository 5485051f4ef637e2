namespace SegLossBias;

/// <summary>Counts the probabilities of a batch.</summary>
/// <param name="bins">B.</param>
/// <param name="classes">K.</param>
/// <param name="mode">How labels are read.</param>
/// <param name="shape">Of the batch, for messages.</param>
/// <param name="areLogits">Whether the probabilities are the library's own, which need no check.</param>
internal sealed class CalibrationCount(int bins, int classes, SegmentationMode mode, long[] shape, bool areLogits)
{
    internal CalibrationSums TopLabel { get; } = new(bins);

    internal CalibrationSums[] ByClass { get; } = [.. Enumerable.Range(0, classes).Select(_ => new CalibrationSums(bins))];

    /// <exception cref="ArgumentException">A probability that counts is none.</exception>
    internal void Add(ProbabilityPlanes planes, long image)
    {
        var values = planes.Values;
        for (var pixel = 0; pixel < planes.Pixels; pixel++)
        {
            var (top, sum, isValid) = (0, 0.0, true);
            for (var k = 0; k < classes; k++)
            {
                if (planes.IsIgnored(k, pixel))
                {
                    isValid = false;
                    continue;
                }

                var p = Checked(values[(k * planes.Pixels) + pixel], image, k, pixel);
                var isTrue = planes.IsTrue(k, pixel);
                ByClass[k].Add(p, isTrue);
                top = p > values[(top * planes.Pixels) + pixel] ? k : top;
                sum += p;
                if (mode != SegmentationMode.Multiclass)
                {
                    TopLabel.Add(Math.Max(p, 1 - p), p > 0.5 == isTrue);
                }
            }

            if (mode == SegmentationMode.Multiclass && isValid)
            {
                CheckSum(sum, image, pixel);
                TopLabel.Add(Math.Clamp(values[(top * planes.Pixels) + pixel], 0, 1), planes.IsTrue(top, pixel));
            }
        }
    }

    private double Checked(double p, long image, int k, int pixel) =>
        areLogits && double.IsNaN(p) ? throw new ArgumentException($"logits must give probabilities, but those at {Position(image, k, pixel)} give none: one of the classes is +∞, or all are −∞; the network has diverged.", "logits")
            : areLogits || p is >= -SoftLabelTolerance.Usual and <= 1 + SoftLabelTolerance.Usual ? Math.Clamp(p, 0, 1)
            : throw new ArgumentException(FormattableString.Invariant($"probabilities must lie in [0, 1], but {p} occurs at {Position(image, k, pixel)}; pass the network's outputs to AddLogits, or apply softmax or sigmoid first."), "probabilities");

    private void CheckSum(double sum, long image, int pixel)
    {
        if (!areLogits && Math.Abs(sum - 1) > SoftLabelTolerance.Usual)
        {
            throw new ArgumentException(FormattableString.Invariant($"the probabilities of the {classes} classes must add up to 1 in each pixel, but from {Position(image, 0, pixel)} on they add up to {sum:R}; apply softmax(1), or set Mode = SegmentationMode.Multilabel for channels on their own."), "probabilities");
        }
    }

    private string Position(long image, int k, int pixel) => Shapes.Text((long[])[image, k, .. Shapes.Position(pixel, shape[2..])]);
}
