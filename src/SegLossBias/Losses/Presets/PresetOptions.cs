using System.Text.Json;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>Options of another library's loss. Each is read by name with its default there; one that nothing reads is an error.</summary>
internal sealed class PresetOptions
{
    private readonly string _loss;
    private readonly Dictionary<string, object?> _given = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    internal PresetOptions(string loss, IReadOnlyList<(string Name, object? Value)> options)
    {
        _loss = loss;
        foreach (var (name, value) in options)
        {
            if (!_given.TryAdd(name ?? throw new ArgumentException("an option needs a name, but one is null.", nameof(options)), value))
            {
                throw new ArgumentException($"the option '{name}' of {loss} is given twice; leave one out.", nameof(options));
            }
        }
    }

    /// <summary>How the logits are read where the options do not say.</summary>
    internal SegmentationMode UsualMode { get; set; }

    internal SegmentationMode Mode => Has("mode") ? Read("mode", UsualMode) : UsualMode;

    /// <summary>nnU-Net's compounds call it ignore_label.</summary>
    internal long? IgnoreIndex => Read<long?>("ignore_index", null) ?? Read<long?>("ignore_label", null);

    /// <summary>More labels to leave out; no peer has the option.</summary>
    internal IReadOnlyList<long> IgnoreIndices => Read<IReadOnlyList<long>>("ignore_indices", []);

    internal Reduction Reduction => Read("reduction", Reduction.Mean);

    internal bool Has(string name)
    {
        _known.Add(name);
        return _given.TryGetValue(name, out var value) && value is not null;
    }

    /// <exception cref="ArgumentException">The loss shall take probabilities.</exception>
    internal void EnsureLogits()
    {
        if (!Flag("from_logits", true))
        {
            throw new ArgumentException($"losses here take logits, but from_logits is false; leave the softmax or sigmoid before {_loss} out.");
        }
    }

    internal bool Flag(string name, bool otherwise = false) => Read(name, otherwise);

    internal double Number(string name, double otherwise) => Read(name, otherwise);

    internal double? NumberOrNull(string name) => Read<double?>(name, null);

    /// <summary>A single number for all classes where a list may be given too; else null.</summary>
    internal double? Scalar(string name) => Has(name) && _given[name] is double or float or int or long or decimal or JsonElement { ValueKind: JsonValueKind.Number }
        ? Read<double?>(name, null) : null;

    internal ClassWeights? Weights(string name) => Read<ClassWeights?>(name, null);

    internal T Read<T>(string name, T otherwise) => Has(name) ? (T)SettingValue.To(typeof(T), _given[name], _loss, name)! : otherwise;

    /// <exception cref="ArgumentException">An option was given that the loss does not have.</exception>
    internal void EnsureAllRead()
    {
        if (_given.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"{_loss} has no option '{unknown}' here; {NearestName.Suggest(unknown, _known)}it has {string.Join(", ", _known)}.", nameof(unknown));
        }
    }
}
