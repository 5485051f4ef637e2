namespace SegLossBias;

/// <summary>What the true classes weigh in <see cref="WassersteinDice"/>.</summary>
public enum WassersteinWeighting
{
    /// <summary>1 in the numerator, but 0 for the background, and 1 for all errors: the paper's.</summary>
    Foreground,

    /// <summary>1 / (T + 1) for hits and errors of each class, as in generalised Dice; MONAI's mode "GDL". No class is a background.</summary>
    InverseSize,
}
