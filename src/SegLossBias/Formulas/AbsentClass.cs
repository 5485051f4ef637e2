namespace SegLossBias;

/// <summary>What a class without a single pixel in the target (of the batch, or of the image) does to a mean over classes.</summary>
public enum AbsentClass
{
    /// <summary>Counts as loss 0 in the mean: it has no gradient but is divided by. What the reference does.</summary>
    CountZero,

    /// <summary>Is left out of the mean.</summary>
    LeaveOut,

    /// <summary>Stays in the formula: any mass predicted for it is an error.</summary>
    Keep,
}
