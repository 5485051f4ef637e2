namespace SegLossBias;

/// <summary>How an overlap score D measures regions; written here for Dice. Jaccard and Tversky take the same I, P and T.</summary>
/// <remarks>
/// With sums over the valid pixels of an image or of the batch, I = Σ w y p, P = Σ w p and T = Σ w y, with the smoothing s and
/// the bound ε:
/// <code>
/// Plain       (2I + s)                  / max(P + T + s, ε)
/// Squared     (2I + s)                  / max(Σ w p² + Σ w y² + s, ε)
/// Distance    (P + T − Σ w |p − y| + s) / max(P + T + s, ε)                 0 ≤ D ≤ 1
/// </code>
/// With hard labels Plain and Distance are the same, since Σ w |p − y| = P + T − 2I. Squared is, in general, the
/// same as these only where each p is 0 or 1 too. Without valid pixels, and for an absent class that is predicted nowhere, each
/// is s / max(s, ε): 1 with a smoothing of ε or more, 0 without one. <see cref="OverlapTerm.Absent"/> says what an absent class
/// counts in the mean.
/// </remarks>
public enum DiceForm
{
    /// <summary>(2I + s) / max(P + T + s, ε), the paper's. With soft labels it is not largest at p = y, but where p is sure.</summary>
    Plain,

    /// <summary>(2I + s) / max(Σ w p² + Σ w y² + s, ε), squared denominators (Milletari et al., arXiv:1606.04797). Largest at p = y.</summary>
    Squared,

    /// <summary>(P + T − Σ w |p − y| + s) / max(P + T + s, ε), after Wang et al., arXiv:2303.16296. Largest at p = y, with soft labels too.</summary>
    Distance,
}
