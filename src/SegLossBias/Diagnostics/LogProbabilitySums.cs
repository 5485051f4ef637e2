using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>log Σ w·p and log Σ w·y·p of single regions, from log p, so that no p is too small. In plain loops, for the rare region that needs it.</summary>
/// <param name="input">The checked input. Its tensors live in the dispose scope of the call that made it.</param>
internal sealed class LogProbabilitySums(FlatInput input)
{
    /// <summary>log P and log I of a region; −∞ where nothing is added. Copies one image.</summary>
    /// <param name="image">Which image.</param>
    /// <param name="region">A class; in binary and multilabel mode a channel, or K and more for its background.</param>
    internal (double Predicted, double Overlap) Of(int image, int region)
    {
        using var scope = NewDisposeScope();
        var (k, isBackground) = ((int)(region % input.Classes), region >= input.Classes);
        Tensor OfRegion(Tensor entries) => entries.select(0, image).select(0, entries.shape[1] == 1 ? 0 : k);
        double[] Numbers(Tensor pixels) => pixels.cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
        var logits = input.Logits.select(0, image).ZeroWhere(input.IgnoredEntries?.select(0, image)).cpu().to(ScalarType.Float64);
        var own = logits.select(0, k);
        var logarithms = Numbers(input.IsExclusive ? nn.functional.log_softmax(logits, 0).select(0, k) : (isBackground ? own.neg() : own).LogSigmoid());
        var labels = Numbers(
            input.Soft is { } soft ? OfRegion(soft)
            : input.IsExclusive ? LabelCheck.AreEqual(input.Labels.select(0, image), k)
            : OfRegion(input.Labels));
        var weights = input.Weights is { } given ? Numbers(OfRegion(given)) : null;
        var ignored = input.IgnoredEntries is { } isIgnored ? Numbers(OfRegion(isIgnored)) : null;
        var (predicted, overlap) = (double.NegativeInfinity, double.NegativeInfinity);
        for (var pixel = 0; pixel < logarithms.Length; pixel++)
        {
            var weight = ignored?[pixel] > 0 ? 0 : weights?[pixel] ?? 1;
            predicted = Add(predicted, Math.Log(weight) + logarithms[pixel]);
            overlap = Add(overlap, Math.Log(weight * (isBackground ? 1 - labels[pixel] : labels[pixel])) + logarithms[pixel]);
        }

        return (predicted, overlap);
    }

    /// <summary>log(e^a + e^b).</summary>
    internal static double Add(double a, double b)
    {
        var (large, small) = (Math.Max(a, b), Math.Min(a, b));
        return double.IsNegativeInfinity(small) ? large : large + Math.Log(1 + Math.Exp(small - large));
    }
}
