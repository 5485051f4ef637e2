namespace SegLossBias;

/// <summary>What a class weighs in <see cref="GeneralizedDice"/>, by its true size T in pixels.</summary>
public enum SizeWeighting
{
    /// <summary>1/T², the paper's: small classes count as much as large ones.</summary>
    Square,

    /// <summary>1/T.</summary>
    Simple,

    /// <summary>1: Dice of all classes together.</summary>
    Uniform,
}
