namespace SegLossBias;

/// <summary>The metrics of <see cref="VolumeScores"/>.</summary>
public enum VolumeMetric
{
    /// <summary><see cref="VolumeScores.Difference"/>, in mm³ (2D: mm²).</summary>
    Difference,

    /// <summary><see cref="VolumeScores.AbsoluteDifference"/>, in mm³ (2D: mm²).</summary>
    AbsoluteDifference,

    /// <summary><see cref="VolumeScores.RelativeAbsoluteDifference"/>.</summary>
    RelativeAbsoluteDifference,
}
