using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Oracles;

/// <content>Losses of single pixels, one by one.</content>
internal static partial class PlainLosses
{
    /// <summary>
    /// −log p of each valid pixel of an image that is of one of the classes, in multilabel mode of each valid entry of these channels. Soft
    /// labels share it between their classes, and with label smoothing s every label y is (1−s)·y + s/K.
    /// </summary>
    private static IEnumerable<PixelLoss> PixelLosses(Scene scene, long image, double smoothing = 0, double[]? weight = null, long[]? classes = null)
    {
        foreach (var regions in PlainRegion.All(scene, image).GroupBy(region => scene.Mode == SegmentationMode.Multiclass ? 0 : region.Class).Select(group => group.ToArray()))
        {
            var counted = regions.Where(region => Counts(region, classes)).ToArray();
            double Of(PlainRegion region, int pixel) =>
                ((1 - smoothing) * region.Membership(pixel)) + (smoothing / regions.Length) is var y and not 0 ? -y * Math.Log(region.Probability(pixel)) : 0;
            foreach (var pixel in Enumerable.Range(0, (int)scene.Pixels).Where(pixel => regions[0].Weight(pixel) > 0 && counted.Any(region => region.Membership(pixel) > 0)))
            {
                yield return new(counted.Sum(region => ClassWeight(weight, region) * Of(region, pixel)), counted.Sum(region => Of(region, pixel)), regions[0].Weight(pixel));
            }
        }
    }

    /// <param name="Loss">With the weights of the classes.</param>
    /// <param name="Hardness">Without.</param>
    /// <param name="Weight">Of the pixel.</param>
    private readonly record struct PixelLoss(double Loss, double Hardness, double Weight);
}
