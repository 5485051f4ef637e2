using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Adam and AdamW, with steps that survive the garbage collector; see <see cref="SafeOptimizer"/>.</summary>
/// <remarks>
/// With gradient g, step t, rate r and weight decay w:
/// <code>
/// g ← g + w·θ                                             Adam; AdamW has θ ← (1 − r·w)·θ instead
/// m ← β₁·m + (1 − β₁)·g      v ← β₂·v + (1 − β₂)·g²
/// θ ← θ − r/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
/// </code>
/// The numbers of <c>optim.Adam</c> and <c>optim.AdamW</c>. Kingma and Ba, arXiv:1412.6980, Algorithm 1; Loshchilov and Hutter,
/// arXiv:1711.05101, Algorithm 2.
/// </remarks>
/// <example><code>
/// using var optimizer = new SafeAdam(network.parameters(), learningRate: 1e-3);
/// optimizer.ZeroGradients();
/// loss.call(network.call(images), labels).backward();
/// optimizer.Step();
/// </code></example>
public sealed class SafeAdam : SafeOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly bool _decoupled;
    private readonly Scalar _keptFirst;
    private readonly Scalar _newFirst;
    private readonly Scalar _keptSecond;
    private readonly Scalar _newSecond;
    private readonly Scalar _epsilon;
    private readonly Scalar _one = 1.ToScalar();
    private StepScalars _step = new();

    /// <summary>An optimizer of parameters.</summary>
    /// <param name="parameters">What is trained; one at least.</param>
    /// <param name="learningRate">r ≥ 0.</param>
    /// <param name="beta1">β₁ in [0, 1).</param>
    /// <param name="beta2">β₂ in [0, 1).</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="weightDecay">w ≥ 0; 0 for none.</param>
    /// <param name="decoupled">Whether the weights decay by themselves, as in AdamW, and not through the gradient.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or there is no parameter.</exception>
    public SafeAdam(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0, bool decoupled = false)
        : base(parameters, learningRate, weightDecay, Moments(beta1, beta2, epsilon))
    {
        (_beta1, _beta2, _decoupled) = (beta1, beta2, decoupled);
        (_keptFirst, _newFirst) = (beta1.ToScalar(), (1 - beta1).ToScalar());
        (_keptSecond, _newSecond) = (beta2.ToScalar(), (1 - beta2).ToScalar());
        _epsilon = epsilon.ToScalar();
    }

    private protected override bool AddsDecay => base.AddsDecay && !_decoupled;

    private protected override IDisposable Begin() => _step = new(
        -LearningRate / (1 - Math.Pow(_beta1, Steps)), 1 / Math.Sqrt(1 - Math.Pow(_beta2, Steps)), 1 - (LearningRate * WeightDecay));

    private protected override void Update(int index, Tensor gradient)
    {
        var (first, second) = (Moment(0, index), Moment(1, index));
        if (_decoupled)
        {
            Parameters[index].mul_(_step[2]);
        }

        first.mul_(_keptFirst).add_(gradient, _newFirst);
        second.mul_(_keptSecond).addcmul_(gradient, gradient, _newSecond);
        Parameters[index].addcdiv_(first, second.sqrt().mul_(_step[1]).add_(_epsilon, _one), _step[0]);
    }

    private protected override IEnumerable<Scalar> Scalars() => [_keptFirst, _newFirst, _keptSecond, _newSecond, _epsilon, _one];

    /// <summary>Their names. What is out of range is refused before there are tensors.</summary>
    private static string[] Moments(double beta1, double beta2, double epsilon)
    {
        foreach (var (value, name) in new[] { (beta1, nameof(beta1)), (beta2, nameof(beta2)) })
        {
            if (value is not (>= 0 and < 1))
            {
                throw new ArgumentOutOfRangeException(name, value, "the decay of a moment must lie in [0, 1).");
            }
        }

        _ = SettingCheck.NotNegative(epsilon, "ε", nameof(epsilon));
        return ["first_moment", "second_moment"];
    }
}
