using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Stochastic gradient descent with momentum and the L2 penalty in the gradient, as torch's <c>SGD</c>.</summary>
/// <remarks>
/// With gradient g, momentum μ and rate r:
/// <code>
/// v ← μ·v + g      θ ← θ − r·v, or with Nesterov's momentum θ ← θ − r·(g + μ·v)
/// </code>
/// Sutskever et al., ICML 2013.
/// </remarks>
internal sealed class SgdOptimizer(IEnumerable<Parameter> parameters, double weightDecay, double momentum, bool nesterov)
    : Optimizer(parameters, weightDecay, moments: 1)
{
    private readonly Scalar _momentum = momentum.ToScalar();
    private StepScalars _step = new();

    protected override IDisposable Begin() => _step = new(-LearningRate);

    protected override void Update(int index, Tensor gradient)
    {
        var velocity = Moments[0][index];
        velocity.mul_(_momentum).add_(gradient, KeptScalars.One);
        Parameters[index].add_(nesterov ? gradient.add(velocity, _momentum) : velocity, _step[0]);
    }

    protected override void DisposeScalars() => _momentum.Dispose();
}
