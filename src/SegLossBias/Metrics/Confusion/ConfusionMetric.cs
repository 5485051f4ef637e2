namespace SegLossBias;

/// <summary>The metrics of <see cref="ConfusionMatrix"/>, of all classes together.</summary>
public enum ConfusionMetric
{
    /// <summary><see cref="ConfusionMatrix.Accuracy"/>.</summary>
    Accuracy,

    /// <summary><see cref="ConfusionMatrix.BalancedAccuracy"/>.</summary>
    BalancedAccuracy,

    /// <summary><see cref="ConfusionMatrix.MatthewsCorrelation"/>.</summary>
    MatthewsCorrelation,

    /// <summary><see cref="ConfusionMatrix.CohenKappa"/>.</summary>
    CohenKappa,
}
