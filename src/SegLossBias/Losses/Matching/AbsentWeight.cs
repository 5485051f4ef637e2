namespace SegLossBias;

/// <summary>What a class without a pixel in the target (of the batch, or of the image) weighs in <see cref="GeneralizedDice"/>, where 1/T is infinite.</summary>
public enum AbsentWeight
{
    /// <summary>
    /// As much as the smallest class that is present, and nothing where none is: mass that is predicted for it is an error like any
    /// other. What MONAI does.
    /// </summary>
    Largest,

    /// <summary>Nothing: the class is left out.</summary>
    LeaveOut,

    /// <summary>
    /// 1/ε. It dominates the denominator: the loss is near 1 whatever the other classes are, as long as a trace of the absent class
    /// is predicted. What the reference does.
    /// </summary>
    Bounded,
}
