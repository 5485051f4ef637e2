namespace SegLossBias.Experiments.Settings;

/// <summary>How a picture is brought to the size that is trained on.</summary>
internal enum FitKind
{
    /// <summary>Each side by its own factor.</summary>
    Stretch,

    /// <summary>Both sides by one factor; what is missing is black, and ignored in loss, proportions and metrics.</summary>
    Pad,
}
