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
    /// <summary>An optimizer of parameters.</summary>
    /// <param name="parameters">What is trained; one at least.</param>
    /// <param name="learningRate">r ≥ 0.</param>
    /// <exception cref="ArgumentException">The rate is negative or not finite, or there is no parameter.</exception>
    public SafeSgd(IEnumerable<Parameter> parameters, double learningRate)
        : base(parameters, learningRate)
    {
    }

    /// <summary>μ ≥ 0; 0 for none, the default.</summary>
    public double Momentum { get; init => field = SettingCheck.NotNegative(value, "the momentum"); }

    /// <summary>Whether the momentum is Nesterov's.</summary>
    public bool IsNesterov { get; init; }

    private protected override IReadOnlyList<string> Moments => Momentum > 0 ? ["velocity"] : [];

    private protected override StepScalars Scalars(long step) => new(-LearningRate, Momentum, 1);

    private protected override void Update(Parameter parameter, Tensor gradient, Tensor[] moments, StepScalars scalars)
    {
        var change = gradient;
        if (moments is [var velocity])
        {
            velocity.mul_(scalars[1]).add_(gradient, scalars[2]);
            change = IsNesterov ? gradient.add(velocity, scalars[1]) : velocity;
        }

        parameter.add_(change, scalars[0]);
    }
}
