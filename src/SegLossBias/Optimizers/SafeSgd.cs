using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Stochastic gradient descent with momentum, with steps that survive the garbage collector; see <see cref="SafeOptimizer"/>.</summary>
/// <remarks>
/// With gradient g, rate r, weight decay w and momentum μ:
/// <code>
/// g ← g + w·θ      v ← μ·v + g
/// θ ← θ − r·v                         with Nesterov's momentum θ ← θ − r·(g + μ·v)
/// </code>
/// The numbers of <c>optim.SGD</c> with dampening 0. Sutskever et al., ICML 2013.
/// </remarks>
public sealed class SafeSgd : SafeOptimizer
{
    private readonly Scalar _momentum;
    private readonly Scalar _one = 1.ToScalar();
    private readonly bool _nesterov;
    private StepScalars _step = new();

    /// <summary>An optimizer of parameters.</summary>
    /// <param name="parameters">What is trained; one at least.</param>
    /// <param name="learningRate">r ≥ 0.</param>
    /// <param name="momentum">μ ≥ 0; 0 for none.</param>
    /// <param name="weightDecay">w ≥ 0; 0 for none.</param>
    /// <param name="nesterov">Whether the momentum is Nesterov's.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or there is no parameter.</exception>
    public SafeSgd(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double weightDecay = 0, bool nesterov = false)
        : base(parameters, learningRate, weightDecay, Moments(momentum)) => (_momentum, _nesterov) = (momentum.ToScalar(), nesterov);

    private protected override IDisposable Begin() => _step = new(-LearningRate);

    private protected override void Update(int index, Tensor gradient)
    {
        var velocity = Moment(0, index);
        velocity.mul_(_momentum).add_(gradient, _one);
        Parameters[index].add_(_nesterov ? gradient.add(velocity, _momentum) : velocity, _step[0]);
    }

    private protected override IEnumerable<Scalar> Scalars() => [_momentum, _one];

    private static string[] Moments(double momentum)
    {
        _ = SettingCheck.NotNegative(momentum, "the momentum", nameof(momentum));
        return ["velocity"];
    }
}
