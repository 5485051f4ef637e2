namespace SegLossBias;

/// <summary>What a statistic adds up. With w the weight of a pixel, y its label and p its probability: Σ w · m · f.</summary>
internal enum StatisticKind
{
    /// <summary>Σ w·p, with p from the logits multiplied by a temperature.</summary>
    PredictedSize,

    /// <summary>Σ w·y·p.</summary>
    Overlap,

    /// <summary>Σ w·y·(−log p).</summary>
    NegativeLogLikelihood,

    /// <summary>Σ w·y·(1−p)^γ·(−log p), p a softmax.</summary>
    SoftmaxFocal,

    /// <summary>The same with p the sigmoid of each channel.</summary>
    OneVsRestFocal,

    /// <summary>Σ w·p^q.</summary>
    PredictedPower,

    /// <summary>Σ w·y·p^q.</summary>
    OverlapPower,

    /// <summary>Σ w·y·(−log p)^γ.</summary>
    NegativeLogPower,

    /// <summary>Σ w·(−log p).</summary>
    NegativeLogEverywhere,

    /// <summary>Σ w·|p − y|.</summary>
    Difference,

    /// <summary>Σ w·y². Has no gradient.</summary>
    TargetSquare,

    /// <summary>Σ w·φ·p with a map φ.</summary>
    MapSum,

    /// <summary>Σ w·y·p, y the label of one of exclusive classes and p the probability of another.</summary>
    Confusion,
}
