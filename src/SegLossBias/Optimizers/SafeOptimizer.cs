using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>An optimizer whose step the garbage collector cannot break.</summary>
/// <remarks>
/// TorchSharp's optimizers (0.107) pass temporary <see cref="Scalar"/>s to native code. The collector may free one while native code
/// reads it: "Expected false to be true", after minutes or hours. A freed scalar that still holds a number goes unnoticed. An optimizer
/// of this kind keeps each scalar until the call has returned. The numbers are those of torch's optimizer of the same name.
/// <para>
/// Not thread-safe: one thread at a time. It keeps the parameters that it is given, and does not own them. Move a network to its device
/// first, then make its optimizer.
/// </para>
/// </remarks>
public abstract class SafeOptimizer : IDisposable
{
    private const string StepsName = "steps";

    private readonly Scalar _decay;
    private readonly string[] _names;
    private readonly Tensor[][] _moments;
    private bool _disposed;

    private protected SafeOptimizer(IEnumerable<Parameter> parameters, double learningRate, double weightDecay, string[] moments)
    {
        Parameters = [.. SettingCheck.NotNull(parameters, nameof(parameters))];
        if (Parameters.Count == 0)
        {
            throw new ArgumentException("an optimizer needs one parameter at least, but there is none; pass network.parameters() after its layers are registered.", nameof(parameters));
        }

        LearningRate = learningRate;
        WeightDecay = SettingCheck.NotNegative(weightDecay, "the weight decay", nameof(weightDecay));
        (_decay, _names) = (weightDecay.ToScalar(), moments);
        _moments = [.. moments.Select(_ => Parameters.Select(parameter => zeros_like(parameter, device: parameter.device, requires_grad: false).DetachFromDisposeScope()).ToArray())];
    }

    /// <summary>The rate r ≥ 0 of the next step; it may change from step to step.</summary>
    public double LearningRate { get; set => field = SettingCheck.NotNegative(value, "the learning rate"); }

    /// <summary>w ≥ 0; 0 for none.</summary>
    public double WeightDecay { get; }

    /// <summary>Steps made.</summary>
    public long Steps { get; private set; }

    private protected IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>w as a scalar.</summary>
    private protected Scalar Decay => _decay;

    /// <summary>Whether w·θ is added to the gradient. An optimizer that decays in another way says no.</summary>
    private protected virtual bool AddsDecay => WeightDecay > 0;

    /// <summary>Sets every gradient that there is to 0.</summary>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public void ZeroGradients()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (var parameter in Parameters)
        {
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    /// <summary>Changes every parameter that has a gradient.</summary>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public void Step()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var withoutGradient = no_grad();
        Steps++;
        using var kept = Begin();
        for (var i = 0; i < Parameters.Count; i++)
        {
            using var scope = NewDisposeScope();
            if (Parameters[i].grad is { } gradient)
            {
                Update(i, AddsDecay ? gradient.add(Parameters[i], _decay) : gradient);
            }
        }

        GC.KeepAlive(kept);
        GC.KeepAlive(this);
    }

    /// <summary>What a step needs to go on, by name: the number of steps, and the moments of each parameter.</summary>
    /// <returns>The moments themselves, which change with the next step, and one new tensor for the number of steps.</returns>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var state = new Dictionary<string, Tensor> { [StepsName] = tensor(Steps, device: CPU) };
        foreach (var (name, value) in Named())
        {
            state.Add(name, value);
        }

        return state;
    }

    /// <summary>Takes over a copy of what <see cref="State"/> gave. The learning rate is not part of it.</summary>
    /// <param name="state">Of an optimizer of the same kind and parameters; more names may be there.</param>
    /// <exception cref="ArgumentException">A tensor is missing, or of another shape; nothing has changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ObjectDisposedException.ThrowIf(_disposed, this);
        Tensor Given(string name, long[] shape) => state.TryGetValue(name, out var value) && value.shape.SequenceEqual(shape)
            ? value
            : throw new ArgumentException($"the state of this optimizer has {name} of the shape {Shapes.Text(shape)}, but {(value is null ? "it is not there" : $"there it is {Shapes.Text(value.shape)}")}; pass the state of the same optimizer for the same parameters.", nameof(state));
        using var withoutGradient = no_grad();
        var steps = Given(StepsName, []);
        var moments = Named().Select(moment => (moment.Value, Given: Given(moment.Name, moment.Value.shape))).ToArray();
        Steps = steps.to(ScalarType.Int64).cpu().item<long>();
        foreach (var (moment, given) in moments)
        {
            moment.copy_(given);
        }
    }

    /// <summary>Frees the moments and the scalars, not the parameters.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            foreach (var moment in _moments.SelectMany(one => one))
            {
                moment.Dispose();
            }

            foreach (var scalar in Scalars().Append(_decay))
            {
                scalar.Dispose();
            }
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the scalars of this step, which are disposed when it is over.</summary>
    private protected abstract IDisposable Begin();

    /// <summary>Changes one parameter and its moments, without a scalar of its own.</summary>
    private protected abstract void Update(int index, Tensor gradient);

    /// <summary>The scalars that all steps share.</summary>
    private protected abstract IEnumerable<Scalar> Scalars();

    /// <summary>A moment of a parameter; 0 at first.</summary>
    private protected Tensor Moment(int moment, int index) => _moments[moment][index];

    private IEnumerable<(string Name, Tensor Value)> Named() => _names.SelectMany((name, moment) =>
        _moments[moment].Select((value, index) => (string.Create(CultureInfo.InvariantCulture, $"{index}.{name}"), value)));
}
