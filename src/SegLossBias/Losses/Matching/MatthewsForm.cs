namespace SegLossBias;

/// <summary>How exclusive classes make a <see cref="MatthewsCorrelation"/>. With two classes both are the same.</summary>
public enum MatthewsForm
{
    /// <summary>One correlation of all classes, R_K (Gorodkin 2004).</summary>
    Joint,

    /// <summary>A correlation of each class against the rest, and their mean.</summary>
    OneVsRest,
}
