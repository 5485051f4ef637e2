namespace SegLossBias;

/// <summary>How a region-size penalty joins the classes of an image.</summary>
public enum ClassReduction
{
    /// <summary>Their mean; what the reference does for L1 and Dice bias.</summary>
    Mean,

    /// <summary>Their sum; what the paper writes, and the reference does for KL.</summary>
    Sum,
}
