namespace SegLossBias;

/// <summary>How a Dice score measures regions. With hard labels and a certain prediction all forms are the same.</summary>
public enum DiceForm
{
    /// <summary>2I / (P + T), I = Σ y p: the paper's. With soft labels it is not largest at p = y, but where p is sure.</summary>
    Plain,

    /// <summary>2I / (Σ p² + Σ y²), squared denominators (Milletari et al., arXiv:1606.04797). Largest at p = y.</summary>
    Squared,

    /// <summary>(P + T − Σ |p − y|) / (P + T), after Wang et al., arXiv:2303.16296. Plain with hard labels; with soft ones it is largest at p = y.</summary>
    Distance,
}
