namespace SegLossBias;

/// <summary>Which of the two masks of a structure has no pixel.</summary>
public enum EmptyCase
{
    /// <summary>Both masks have pixels.</summary>
    None,

    /// <summary>Nothing was there, but something was predicted.</summary>
    Target,

    /// <summary>Something was there, but nothing was predicted: a missed structure.</summary>
    Prediction,

    /// <summary>Nothing was there and nothing was predicted, or every pixel is ignored.</summary>
    Both,
}
