using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>One term of a loss in one evaluation.</summary>
public sealed class LossPart
{
    private readonly LossFormula? _formula;

    internal LossPart(string name, double lambda, LossFormula? formula, Tensor raw, Tensor weighted) =>
        (Name, Lambda, _formula, Raw, Weighted) = (name, lambda, formula, raw, weighted);

    /// <summary>The name of the term.</summary>
    public string Name { get; }

    /// <summary>λ, the weight in force in this epoch.</summary>
    public double Lambda { get; }

    /// <summary>The formula of the term's mean, as it runs; null for a pixel term, and for outputs and heads that are losses themselves.</summary>
    public string? Formula => _formula?.ToString();

    /// <summary>The value of the term, detached; shaped like the loss.</summary>
    public Tensor Raw { get; }

    /// <summary>λ · <see cref="Raw"/>, detached; these add up to the loss.</summary>
    public Tensor Weighted { get; }
}
