using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>An optimiser that holds on to every <see cref="Scalar"/> it uses.</summary>
/// <remarks>
/// TorchSharp's own make temporary ones, which the garbage collector may free while native code still reads them: about one
/// long training in eight died of that, and a freed scalar that still holds a number would not even be noticed. These keep
/// theirs in fields, and those that change from step to step until the step is over.
/// </remarks>
internal abstract class Optimizer : IDisposable
{
    private readonly Scalar _decay;
    private readonly bool _decays;

    /// <param name="parameters">What is trained.</param>
    /// <param name="weightDecay">w of the L2 penalty w/2·θ², whose gradient w·θ is added to the loss's.</param>
    /// <param name="moments">Tensors of each parameter's shape that the optimiser remembers from step to step.</param>
    protected Optimizer(IEnumerable<Parameter> parameters, double weightDecay, int moments)
    {
        Parameters = [.. parameters];
        (_decay, _decays) = (weightDecay.ToScalar(), weightDecay > 0);
        Moments = [.. Enumerable.Range(0, moments).Select(_ => Parameters.Select(parameter => zeros_like(parameter).DetachFromDisposeScope()).ToArray())];
    }

    public double LearningRate { get; set; }

    /// <summary>Steps made.</summary>
    protected long Steps { get; private set; }

    protected IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>By moment, then by parameter; 0 at first.</summary>
    protected IReadOnlyList<Tensor[]> Moments { get; }

    public void ZeroGradients()
    {
        foreach (var parameter in Parameters)
        {
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    /// <summary>Changes every parameter that has a gradient.</summary>
    public void Step()
    {
        using var withoutGradient = no_grad();
        Steps++;
        using var kept = Begin();
        for (var i = 0; i < Parameters.Count; i++)
        {
            using var scope = NewDisposeScope();
            if (Parameters[i].grad is { } gradient)
            {
                Update(i, _decays ? gradient.add(Parameters[i], _decay) : gradient);
            }
        }

        GC.KeepAlive(kept);
        GC.KeepAlive(this);
    }

    /// <summary>What a step needs to go on, by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() =>
        [("optimizer.steps", tensor(Steps, device: CPU)), .. Named().Select(entry => (entry.Name, entry.Value))];

    /// <summary>The opposite of <see cref="State"/>.</summary>
    public void Restore(Func<string, Tensor> value)
    {
        using var withoutGradient = no_grad();
        Steps = value("optimizer.steps").item<long>();
        foreach (var (name, moment) in Named())
        {
            moment.copy_(value(name));
        }
    }

    public void Dispose()
    {
        foreach (var moment in Moments.SelectMany(one => one))
        {
            moment.Dispose();
        }

        DisposeScalars();
        _decay.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the scalars of this step.</summary>
    /// <returns>Disposed when the step is over.</returns>
    protected abstract IDisposable Begin();

    /// <summary>Changes one parameter and its moments, without a scalar of its own.</summary>
    /// <param name="index">Which.</param>
    /// <param name="gradient">With the decay.</param>
    protected abstract void Update(int index, Tensor gradient);

    /// <summary>Disposes the scalars that all steps share.</summary>
    protected abstract void DisposeScalars();

    private IEnumerable<(string Name, Tensor Value)> Named() => Moments.SelectMany((tensors, moment) =>
        tensors.Select((value, index) => (FormattableString.Invariant($"optimizer.{index}.moment{moment + 1}"), value)));
}
