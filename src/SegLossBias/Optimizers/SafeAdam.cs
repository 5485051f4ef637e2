using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Adam and AdamW, with steps that survive the garbage collector; see <see cref="SafeOptimizer"/>.</summary>
/// <remarks>
/// With gradient g, step t of the parameter, rate r and weight decay w:
/// <code>
/// g ← g + w·θ                                             Adam; AdamW has θ ← (1 − r·w)·θ instead
/// m ← β₁·m + (1 − β₁)·g      v ← β₂·v + (1 − β₂)·g²
/// θ ← θ − r/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
/// </code>
/// The numbers of <c>optim.Adam</c> and <c>optim.AdamW</c>. Kingma and Ba, arXiv:1412.6980, Algorithm 1; Loshchilov and Hutter,
/// arXiv:1711.05101, Algorithm 2.
/// </remarks>
/// <example><code>
/// using var optimizer = new SafeAdam(network.parameters(), learningRate: 1e-3) { WeightDecay = 1e-4 };
/// optimizer.ZeroGradients();
/// loss.call(network.call(images), labels).backward();
/// optimizer.Step();
/// </code></example>
public sealed class SafeAdam : SafeOptimizer
{
    /// <summary>An optimizer of parameters.</summary>
    /// <param name="parameters">What is trained; one at least.</param>
    /// <param name="learningRate">r ≥ 0; 1e-3 is usual.</param>
    /// <exception cref="ArgumentException">The rate is negative or not finite, or there is no parameter.</exception>
    public SafeAdam(IEnumerable<Parameter> parameters, double learningRate)
        : base(parameters, learningRate)
    {
    }

    /// <summary>β₁ in [0, 1).</summary>
    public double Beta1 { get; init => field = SettingCheck.BelowOne(value, "β₁"); } = 0.9;

    /// <summary>β₂ in [0, 1).</summary>
    public double Beta2 { get; init => field = SettingCheck.BelowOne(value, "β₂"); } = 0.999;

    /// <summary>ε ≥ 0.</summary>
    public double Epsilon { get; init => field = SettingCheck.NotNegative(value, "ε"); } = 1e-8;

    /// <summary>Whether the weights decay by themselves, as in AdamW, and not through the gradient.</summary>
    public bool DecouplesDecay { get; init; }

    private protected override bool AddsDecay => base.AddsDecay && !DecouplesDecay;

    private protected override IReadOnlyList<string> Moments => ["first_moment", "second_moment"];

    private protected override StepScalars Scalars(long step) => new(
        -LearningRate / (1 - Math.Pow(Beta1, step)), 1 / Math.Sqrt(1 - Math.Pow(Beta2, step)), 1 - (LearningRate * WeightDecay),
        Beta1, 1 - Beta1, Beta2, 1 - Beta2, Epsilon, 1);

    private protected override void Update(Parameter parameter, Tensor gradient, Tensor[] moments, StepScalars scalars)
    {
        if (DecouplesDecay)
        {
            parameter.mul_(scalars[2]);
        }

        moments[0].mul_(scalars[3]).add_(gradient, scalars[4]);
        moments[1].mul_(scalars[5]).addcmul_(gradient, gradient, scalars[6]);
        parameter.addcdiv_(moments[0], moments[1].sqrt().mul_(scalars[1]).add_(scalars[7], scalars[8]), scalars[0]);
    }
}
