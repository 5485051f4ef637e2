using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Cross-entropy and log-Dice of a batch, each split into how well regions match and how it is biased to region sizes.</summary>
/// <remarks>
/// With |V| valid pixels, true size T, predicted size P, overlap I and negative log-likelihood C of region k, ŷ = T/|V|, p̂ = P/|V|:
/// <code>
/// CE               = H(F|K) + KL(ŷ‖p̂) + H(ŷ)      Σ_k C/|V| = Σ_k (C/|V| + ŷ·log p̂) + Σ_k ŷ·log(ŷ/p̂) − Σ_k ŷ·log ŷ
/// −Σ_k log Dice_k  = D_F + D_B − K·log 2            Dice = 2I/(P+T), D_F = −Σ_k log(I/T), D_B = Σ_k (log(p̂+ŷ) − log ŷ)
/// </code>
/// Both are identities and hold region by region, up to rounding, with soft labels and pixel weights too. All is in nats. KL is 0 at
/// the true proportions; D_B is smallest where the largest region takes everything. In binary and multilabel mode a channel has
/// two regions, foreground and background. A region without a pixel adds 0 to cross-entropy and is left out of Dice, and K counts the
/// others. Without valid pixels all is 0. All parts are finite for finite logits: where a sum of probabilities is too small for its
/// floating-point type, its logarithm is formed of their logarithms. A logit of −∞ makes a probability of 0: cross-entropy of such a region is
/// ∞, and so is its size bias where no pixel predicts it, with a matching that is not defined, NaN.
/// Liu et al., arXiv:2104.08717, Prop. 1 and 3, App. A.3.
/// </remarks>
/// <example><code>Console.WriteLine(LossDecomposition.Of(logits, labels));</code></example>
public sealed class LossDecomposition
{
    private LossDecomposition(IReadOnlyList<RegionDecomposition> regions) => Regions = regions;

    /// <summary>The regions: the classes, or the foregrounds and then the backgrounds.</summary>
    public IReadOnlyList<RegionDecomposition> Regions { get; }

    /// <summary>K of the Dice identity: the regions that are present.</summary>
    public int Present => Regions.Count(region => region.IsPresent);

    /// <summary>The mean of −log p of the true region over the valid pixels, in nats.</summary>
    public double CrossEntropy => Regions.Sum(region => region.CrossEntropy);

    /// <summary>H(F|K) in nats. The smaller the better; −H(ŷ) for a perfect prediction.</summary>
    public double CrossEntropyMatching => Regions.Sum(region => region.CrossEntropyMatching);

    /// <summary>KL(ŷ‖p̂) in nats, ≥ 0; 0 at the true proportions.</summary>
    public double CrossEntropySizeBias => Regions.Sum(region => region.CrossEntropySizeBias);

    /// <summary>H(ŷ) in nats, which no prediction changes.</summary>
    public double Entropy => Regions.Sum(region => region.Entropy);

    /// <summary>−Σ_k log Dice_k over the regions present, in nats.</summary>
    public double LogDice => OfPresent(region => region.LogDice);

    /// <summary>D_F in nats, ≥ 0.</summary>
    public double LogDiceMatching => OfPresent(region => region.LogDiceMatching);

    /// <summary>D_B in nats.</summary>
    public double LogDiceSizeBias => OfPresent(region => region.LogDiceSizeBias);

    /// <summary>The decomposition of a batch. Reads logits and target and changes nothing; waits for the device.</summary>
    /// <param name="logits">[N,K,*] before softmax or sigmoid.</param>
    /// <param name="target">Hard or soft labels as for the losses, by themselves or with pixel weights.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignoreIndex">The label of pixels to leave out.</param>
    /// <param name="pooling">
    /// The batch as one image; or each image by itself and then the mean: of Dice over the images in which the region is present, of
    /// cross-entropy over the images that have valid pixels.
    /// </param>
    /// <param name="ignoreIndices">More labels of pixels to leave out; none by default.</param>
    /// <exception cref="ArgumentException">An input breaks the contract of the losses; the message says what to do.</exception>
    public static LossDecomposition Of(Tensor logits, SegmentationTarget target, SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null, Pooling pooling = Pooling.Batch, IReadOnlyList<long>? ignoreIndices = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        _ = SettingCheck.Defined(pooling, nameof(pooling));
        var images = RegionSums.Of(logits, target, mode, IgnoredLabels.Of(ignoreIndex, ignoreIndices), checksLabels: true, readsLogarithms: true);
        var channels = (int)logits.size(1);
        var regions = mode == SegmentationMode.Multiclass ? channels : 2 * channels;
        RegionSums[] pooled = [.. Enumerable.Repeat(RegionSums.None, regions)];
        foreach (var image in images)
        {
            for (var k = 0; k < regions; k++)
            {
                pooled[k] += image[k];
            }
        }

        // Images without valid pixels do not count; if all are, they are one.
        var counted = images.Where(image => image.Any(region => region.ValidSize > 0)).ToArray();
        var parts = pooling == Pooling.Batch || counted.Length == 0 ? [OfImage(pooled, channels, mode)] : counted.Select(image => OfImage(image, channels, mode)).ToArray();
        return new([.. Enumerable.Range(0, regions).Select(k => RegionDecomposition.Mean([.. parts.Select(part => part[k])]))]);
    }

    /// <summary>A table: a row for each region, the sums last.</summary>
    public override string ToString()
    {
        const string Format = "{0,-8} {1,7} {2,7} | {3,8} = {4,8} + {5,8} + {6,8} | {7,8} = {8,8} + {9,8} − log 2";
        var text = new StringBuilder();
        void Line(string name, params object[] cells) =>
            text.AppendLine(string.Format(CultureInfo.InvariantCulture, Format, [name, .. cells]));
        Line("region", "ŷ", "      p̂", "CE", "matching", "size", "entropy", "−logDice", "matching", "size");
        foreach (var region in Regions)
        {
            Line(region.Name, Number(region.TrueProportion), Number(region.PredictedProportion),
                Number(region.CrossEntropy), Number(region.CrossEntropyMatching), Number(region.CrossEntropySizeBias), Number(region.Entropy),
                Number(region.LogDice), Number(region.LogDiceMatching), Number(region.LogDiceSizeBias));
        }

        Line("sum", "", "", Number(CrossEntropy), Number(CrossEntropyMatching), Number(CrossEntropySizeBias), Number(Entropy), Number(LogDice), Number(LogDiceMatching), Number(LogDiceSizeBias));
        text.Length -= Environment.NewLine.Length + " − log 2".Length;
        return text.Append(CultureInfo.InvariantCulture, $" − {Present} log 2").ToString();

        static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("0.0000", CultureInfo.InvariantCulture);
    }

    private static RegionDecomposition[] OfImage(RegionSums[] sums, int channels, SegmentationMode mode)
    {
        var valid = mode == SegmentationMode.Multiclass ? sums[0].ValidSize : sums.Take(channels).Sum(region => region.ValidSize);
        var names = RegionSums.Names(mode, channels);
        return [.. sums.Select((region, k) => RegionDecomposition.Of(names[k], region, valid == 0 ? 0 : region.ValidSize / valid))];
    }

    private double OfPresent(Func<RegionDecomposition, double> value) => Regions.Where(region => region.IsPresent).Sum(value);
}
