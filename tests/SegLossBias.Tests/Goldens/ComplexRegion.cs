using System.Numerics;

namespace SegLossBias.Tests.Goldens;

/// <summary>
/// One region of some images in plain loops over complex numbers, sharing nothing with the library. A step of i·1e-30 in
/// a logit gives the derivative without a difference, exact to the last digits.
/// </summary>
internal sealed record ComplexRegion(Scene Scene, Complex[] Logits, int[] Images, int Channel, bool IsBackground, bool IsSigmoid)
{
    private const double Step = 1e-30;

    internal double ValidSize => Sum(within: false, (_, _) => 1).Real;

    internal double TargetSize => Sum(within: true, (_, _) => 1).Real;

    internal Complex Overlap => Sum(within: true, (image, pixel) => Probability(image, pixel, 1));

    internal Complex NegativeLogLikelihood => Sum(within: true, (image, pixel) => -Complex.Log(Probability(image, pixel, 1)));

    internal static (double Value, double[] Gradient) Differentiate(Scene scene, Func<Complex[], Complex> formula)
    {
        Complex[] At(int stepped) => [.. scene.Logits.Select((z, index) => new Complex(z, index == stepped ? Step : 0))];
        return (formula(At(-1)).Real, [.. Enumerable.Range(0, scene.Logits.Length).Select(index => formula(At(index)).Imaginary / Step)]);
    }

    /// <summary>The regions of some images taken together: the classes, or of each channel the foreground and the background.</summary>
    internal static ComplexRegion[] All(Scene scene, Complex[] logits, params int[] images) =>
        [.. from k in Enumerable.Range(0, (int)scene.Classes)
            from side in Enumerable.Range(0, scene.Mode == SegmentationMode.Multiclass ? 1 : 2)
            select new ComplexRegion(scene, logits, images, k, side == 1, scene.Mode != SegmentationMode.Multiclass)];

    internal double TargetProportion(double epsilon = 0) => (TargetSize + epsilon) / (ValidSize + epsilon);

    internal Complex PredictedProportion(double temperature, double epsilon = 0) => (PredictedSize(temperature) + epsilon) / (ValidSize + epsilon);

    internal Complex PredictedSize(double temperature = 1) => Sum(within: false, (image, pixel) => Probability(image, pixel, temperature));

    /// <summary>Σ (1−p)² · −log p.</summary>
    internal Complex Focal() => Sum(within: true, (image, pixel) =>
    {
        var p = Probability(image, pixel, 1);
        return -(1 - p) * (1 - p) * Complex.Log(p);
    });

    private Complex Probability(int image, int pixel, double temperature)
    {
        var z = temperature * Logit(image, Channel, pixel);
        return IsSigmoid
            ? 1 / (1 + Complex.Exp(IsBackground ? z : -z))
            : 1 / Enumerable.Range(0, (int)Scene.Classes).Aggregate(Complex.Zero, (sum, j) => sum + Complex.Exp((temperature * Logit(image, j, pixel)) - z));
    }

    private Complex Logit(int image, int channel, int pixel) => Logits[(((image * Scene.Classes) + channel) * Scene.Pixels) + pixel];

    private Complex Sum(bool within, Func<int, int, Complex> value)
    {
        var sum = Complex.Zero;
        foreach (var image in Images)
        {
            for (var pixel = 0; pixel < Scene.Pixels; pixel++)
            {
                var label = Scene.Labels[((Scene.Mode == SegmentationMode.Multilabel ? (image * Scene.Classes) + Channel : image) * Scene.Pixels) + pixel];
                var isInside = label == (Scene.Mode == SegmentationMode.Multiclass ? Channel : 1) != IsBackground;
                if (label != Scene.Ignore && (isInside || !within))
                {
                    sum += value(image, pixel);
                }
            }
        }

        return sum;
    }
}
