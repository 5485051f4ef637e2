namespace SegLossBias;

/// <summary>What one region adds to cross-entropy and log-Dice, split into matching and size bias; see <see cref="LossDecomposition"/>.</summary>
public sealed record RegionDecomposition
{
    internal RegionDecomposition(string name) => Name = name;

    /// <summary>The class, such as <c>1</c>; in binary and multilabel mode also <c>not 1</c>, the background of that channel.</summary>
    public string Name { get; }

    /// <summary>ŷ = T/|V|, the true proportion of the region, 0 to 1.</summary>
    public double TrueProportion { get; internal init; }

    /// <summary>p̂ = P/|V|, the predicted proportion of the region, 0 to 1.</summary>
    public double PredictedProportion { get; internal init; }

    /// <summary>Whether the region has a pixel. One without adds 0 to cross-entropy, and its Dice is not defined.</summary>
    public bool IsPresent { get; internal init; }

    /// <summary>C/|V| in nats, what the region adds to cross-entropy; the sum of the three parts below.</summary>
    public double CrossEntropy { get; internal init; }

    /// <summary>Its part of H(F|K) in nats, the matching: C/|V| + ŷ·log p̂. The smaller the better; ŷ·log ŷ, below 0, for a perfect prediction.</summary>
    public double CrossEntropyMatching { get; internal init; }

    /// <summary>ŷ·log(ŷ/p̂) in nats, the size bias: the part of KL(ŷ‖p̂).</summary>
    public double CrossEntropySizeBias { get; internal init; }

    /// <summary>−ŷ·log ŷ in nats, the part of H(ŷ). No prediction changes it.</summary>
    public double Entropy { get; internal init; }

    /// <summary>−log(2I/(P+T)) in nats: matching + size bias − log 2. NaN where the region is absent.</summary>
    public double LogDice { get; internal init; }

    /// <summary>−log(I/T) in nats, the matching; at least 0, finite for finite logits. NaN where the region is absent.</summary>
    public double LogDiceMatching { get; internal init; }

    /// <summary>log(p̂+ŷ) − log ŷ in nats, the size bias; at least 0, and 0 only for p̂ = 0. NaN where the region is absent.</summary>
    public double LogDiceSizeBias { get; internal init; }

    /// <summary>A region from its sums.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="sums">T, P, I, C, and |V| of its channel.</param>
    /// <param name="share">The part of all valid pixels that its channel has; 1 where channels share them.</param>
    internal static RegionDecomposition Of(string name, RegionSums sums, double share)
    {
        if (sums.ValidSize == 0)
        {
            return new(name) { LogDice = double.NaN, LogDiceMatching = double.NaN, LogDiceSizeBias = double.NaN };
        }

        var (truth, predicted, isPresent) = (sums.TargetSize / sums.ValidSize, sums.PredictedSize / sums.ValidSize, sums.TargetSize > 0);
        var (logTruth, logPredicted) = (Math.Log(truth), sums.LogPredictedSize - Math.Log(sums.ValidSize));
        return new(name)
        {
            TrueProportion = truth,
            PredictedProportion = predicted,
            IsPresent = isPresent,
            CrossEntropy = share * sums.NegativeLogLikelihood / sums.ValidSize,
            CrossEntropyMatching = isPresent ? share * ((sums.NegativeLogLikelihood / sums.ValidSize) + (truth * logPredicted)) : 0,
            CrossEntropySizeBias = isPresent ? share * truth * (logTruth - logPredicted) : 0,
            Entropy = isPresent ? -share * truth * logTruth : 0,
            LogDice = isPresent ? Math.Log((sums.PredictedSize + sums.TargetSize) / 2) - sums.LogOverlap : double.NaN,
            LogDiceMatching = isPresent ? Math.Log(sums.TargetSize) - sums.LogOverlap : double.NaN,
            LogDiceSizeBias = isPresent ? Math.Log(predicted + truth) - logTruth : double.NaN,
        };
    }

    /// <summary>The mean over images: of Dice where the region is present, of the rest where an image has valid pixels.</summary>
    internal static RegionDecomposition Mean(IReadOnlyList<RegionDecomposition> images)
    {
        var present = images.Where(image => image.IsPresent).ToArray();
        double Mean(Func<RegionDecomposition, double> value) => images.Average(value);
        double OfPresent(Func<RegionDecomposition, double> value) => present.Length == 0 ? double.NaN : present.Average(value);
        return new(images[0].Name)
        {
            TrueProportion = Mean(image => image.TrueProportion),
            PredictedProportion = Mean(image => image.PredictedProportion),
            IsPresent = present.Length > 0,
            CrossEntropy = Mean(image => image.CrossEntropy),
            CrossEntropyMatching = Mean(image => image.CrossEntropyMatching),
            CrossEntropySizeBias = Mean(image => image.CrossEntropySizeBias),
            Entropy = Mean(image => image.Entropy),
            LogDice = OfPresent(image => image.LogDice),
            LogDiceMatching = OfPresent(image => image.LogDiceMatching),
            LogDiceSizeBias = OfPresent(image => image.LogDiceSizeBias),
        };
    }
}
