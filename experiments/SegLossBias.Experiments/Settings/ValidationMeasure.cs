namespace SegLossBias.Experiments.Settings;

/// <summary>What of an epoch's validation decides.</summary>
internal enum ValidationMeasure
{
    /// <summary>The loss, the lower the better.</summary>
    Loss,

    /// <summary>DSC, mean over cases and classes, the higher the better.</summary>
    Dice,

    /// <summary>DSC of the pixels of all cases together, mean over classes, the higher the better.</summary>
    PooledDice,
}
