using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Adam with the L2 penalty in the gradient, as torch's <c>Adam</c>.</summary>
/// <remarks>
/// With gradient g, step t and rate r (Kingma and Ba, arXiv:1412.6980, Algorithm 1):
/// <code>
/// m ← β₁·m + (1 − β₁)·g      v ← β₂·v + (1 − β₂)·g²      θ ← θ − r/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
/// </code>
/// β₁ = 0.9, ε = 1e-8.
/// </remarks>
internal sealed class AdamOptimizer : Optimizer
{
    private const double Beta1 = 0.9;
    private const double Epsilon = 1e-8;

    private readonly double _beta2;
    private readonly Scalar _keptFirst = Beta1.ToScalar();
    private readonly Scalar _newFirst = (1 - Beta1).ToScalar();
    private readonly Scalar _keptSecond;
    private readonly Scalar _newSecond;
    private readonly Scalar _epsilon = Epsilon.ToScalar();
    private StepScalars _step = new();

    public AdamOptimizer(IEnumerable<Parameter> parameters, double weightDecay, double beta2) : base(parameters, weightDecay, moments: 2)
    {
        _beta2 = beta2;
        (_keptSecond, _newSecond) = (beta2.ToScalar(), (1 - beta2).ToScalar());
    }

    protected override IDisposable Begin() =>
        _step = new(-LearningRate / (1 - Math.Pow(Beta1, Steps)), 1 / Math.Sqrt(1 - Math.Pow(_beta2, Steps)));

    protected override void Update(int index, Tensor gradient)
    {
        var (first, second) = (Moments[0][index], Moments[1][index]);
        first.mul_(_keptFirst).add_(gradient, _newFirst);
        second.mul_(_keptSecond).addcmul_(gradient, gradient, _newSecond);
        var spread = second.sqrt().mul_(_step[1]).add_(_epsilon, KeptScalars.One);
        Parameters[index].addcdiv_(first, spread, _step[0]);
    }

    protected override void DisposeScalars()
    {
        foreach (var scalar in new[] { _keptFirst, _newFirst, _keptSecond, _newSecond, _epsilon })
        {
            scalar.Dispose();
        }
    }
}
