using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>What one run is made of while it trains. At first, the weights depend on the seed alone.</summary>
internal sealed class RunState : IDisposable
{
    private const string NetworkPrefix = "network.";

    private readonly Device _device;

    public RunState(ExperimentSettings settings, CaseSplits data, RunKey key, Device device)
    {
        _device = device;
        random.manual_seed(key.Seed);
        Network = NetworkFactory.Create(settings, data.Channels, data.Classes.Count);
        Network.to(device);
        Loss = key.Loss.Create(data.IgnoreIndex);
        Loss.to(device);
        Optimizer = OptimizerFactory.Create(settings, Network.parameters());
    }

    public Module<Tensor, Tensor> Network { get; }

    public SegmentationLoss Loss { get; }

    public Optimizer Optimizer { get; }

    /// <summary>The finished epochs, in order.</summary>
    public List<EpochRecord> Epochs { get; } = [];

    /// <summary>Why the run ended before its last epoch, if it did.</summary>
    public string? Note { get; set; }

    /// <summary>Whether no weight or buffer of the network is NaN or infinite.</summary>
    public bool IsFinite()
    {
        using var scope = NewDisposeScope();
        return Network.state_dict().Values.All(value => value.isfinite().all().item<bool>());
    }

    /// <summary>All that training changes, by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Tensors() =>
        Network.state_dict().Select(entry => (NetworkPrefix + entry.Key, entry.Value)).Concat(Optimizer.State());

    /// <summary>Takes over finished epochs and the tensors after them.</summary>
    public void Restore(IEnumerable<EpochRecord> epochs, Func<string, Tensor> value)
    {
        using var withoutGradient = no_grad();
        foreach (var (name, tensor) in Network.state_dict())
        {
            tensor.copy_(value(NetworkPrefix + name));
        }

        Optimizer.Restore(value);
        Epochs.AddRange(epochs);
    }

    /// <summary>The loss of one case.</summary>
    /// <param name="item">The case.</param>
    /// <param name="logits">[K, *].</param>
    public double LossOf(Case item, Tensor logits)
    {
        using var scope = NewDisposeScope();
        var value = Loss.call(logits.to(_device).unsqueeze(0), item.Labels.to(_device).unsqueeze(0));
        return value.to(ScalarType.Float64).item<double>();
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Loss.Dispose();
        Network.Dispose();
    }
}
