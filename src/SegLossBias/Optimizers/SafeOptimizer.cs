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

    private readonly Parameter[] _parameters;
    private readonly long[] _steps;
    private readonly Dictionary<string, Tensor> _moments = [];
    private bool _disposed;

    private protected SafeOptimizer(IEnumerable<Parameter> parameters, double learningRate)
    {
        _parameters = [.. SettingCheck.NotNull(parameters, nameof(parameters))];
        if (_parameters.Length == 0)
        {
            throw new ArgumentException("an optimizer needs one parameter at least, but there is none; pass network.parameters() after its layers are registered.", nameof(parameters));
        }

        if (Array.FindIndex(_parameters, parameter => parameter is not { IsInvalid: false }) is >= 0 and var gone)
        {
            throw new ArgumentException($"an optimizer needs live parameters, but number {gone} {(_parameters[gone] is null ? "is null" : "has been disposed")}; pass network.parameters() of a network that is still in use.", nameof(parameters));
        }

        (LearningRate, _steps) = (learningRate, new long[_parameters.Length]);
    }

    /// <summary>The rate r ≥ 0 of the next step; it may change from step to step.</summary>
    public double LearningRate { get; set => field = SettingCheck.NotNegative(value, "the learning rate"); }

    /// <summary>w ≥ 0; 0 for none, the default.</summary>
    public double WeightDecay { get; init => field = SettingCheck.NotNegative(value, "the weight decay"); }

    /// <summary>Whether w·θ is added to the gradient. An optimizer that decays in another way says no.</summary>
    private protected virtual bool AddsDecay => WeightDecay > 0;

    /// <summary>The names of the tensors that each parameter has beside it, of its shape and 0 at first.</summary>
    private protected abstract IReadOnlyList<string> Moments { get; }

    /// <summary>Sets every gradient that there is to 0.</summary>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public void ZeroGradients()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (var parameter in _parameters)
        {
            using var scope = NewDisposeScope(); // What zero_ returns is a new handle.
            parameter.grad?.zero_();
        }
    }

    /// <summary>Changes every parameter that has a gradient.</summary>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public void Step()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var withoutGradient = no_grad();
        using var decay = WeightDecay.ToScalar();
        for (var i = 0; i < _parameters.Length; i++)
        {
            using var scope = NewDisposeScope();
            if (_parameters[i].grad is { } gradient)
            {
                using var scalars = Scalars(++_steps[i]);
                Update(_parameters[i], AddsDecay ? gradient.add(_parameters[i], decay) : gradient, [.. Moments.Select(name => Moment(i, name))], scalars);
                GC.KeepAlive(scalars);
            }
        }

        GC.KeepAlive(decay);
        GC.KeepAlive(this);
    }

    /// <summary>What a step needs to go on, by name: the number of steps of each parameter, and its moments.</summary>
    /// <returns>The moments themselves, which change with the next step, and one new tensor for the numbers of steps.</returns>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var state = new Dictionary<string, Tensor> { [StepsName] = tensor(_steps, ScalarType.Int64, CPU) };
        foreach (var (index, name) in Named())
        {
            state.Add(Key(index, name), Moment(index, name));
        }

        return state;
    }

    /// <summary>Takes over a copy of what <see cref="State"/> gave. The learning rate is not part of it.</summary>
    /// <param name="state">Of an optimizer of the same kind and parameters; more names may be there.</param>
    /// <exception cref="ArgumentException">A tensor is missing, disposed, of another shape or without real numbers; nothing has changed then.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer was disposed.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var steps = Given(state, StepsName, [_parameters.Length]).to(ScalarType.Int64).cpu().data<long>().ToArray();
        var moments = Named().Select(one => (Moment: Moment(one.Index, one.Name), Given: Given(state, Key(one.Index, one.Name), _parameters[one.Index].shape))).ToArray();
        steps.CopyTo(_steps, 0);
        foreach (var (moment, given) in moments)
        {
            moment.copy_(given);
        }
    }

    /// <summary>Frees the moments, not the parameters.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var moment in _moments.Values)
        {
            moment.Dispose();
        }

        _moments.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>The scalars of one step, which live until it is over.</summary>
    /// <param name="step">Its number, from 1.</param>
    private protected abstract StepScalars Scalars(long step);

    /// <summary>Changes one parameter and its moments, without a scalar of its own.</summary>
    private protected abstract void Update(Parameter parameter, Tensor gradient, Tensor[] moments, StepScalars scalars);

    private static string Key(int index, string name) => string.Create(CultureInfo.InvariantCulture, $"{index}.{name}");

    private static Tensor Given(IReadOnlyDictionary<string, Tensor> state, string name, long[] shape)
    {
        var value = state.TryGetValue(name, out var found) && found is { IsInvalid: false } ? found : null;
        return value is not null && value.shape.SequenceEqual(shape) && HasNumbers(value) ? value : throw new ArgumentException(
            $"the state of this optimizer has {name} of the shape {Shapes.Text(shape)}, but {(value is null ? "it is not there" : HasNumbers(value) ? $"there it is {Shapes.Text(value.shape)}" : $"there it is {(value.is_sparse ? "sparse" : value.device_type == DeviceType.META ? "on META, without numbers" : value.dtype)}")}; pass the state of the same optimizer for the same parameters.", nameof(state));
    }

    /// <summary>Whether a moment could be a copy of it.</summary>
    private static bool HasNumbers(Tensor value) => !value.is_sparse && value.device_type != DeviceType.META && !value.is_complex() && !value.is_quantized();

    private IEnumerable<(int Index, string Name)> Named() => Enumerable.Range(0, _parameters.Length).SelectMany(index => Moments.Select(name => (index, name)));

    private Tensor Moment(int index, string name)
    {
        if (!_moments.TryGetValue(Key(index, name), out var moment))
        {
            moment = zeros_like(_parameters[index], device: _parameters[index].device, requires_grad: false).DetachFromDisposeScope();
            _moments.Add(Key(index, name), moment);
        }

        return moment;
    }
}
