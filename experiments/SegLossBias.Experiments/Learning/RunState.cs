using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>What one run is made of while it trains. At first, the weights depend on the seed alone.</summary>
internal sealed class RunState : IDisposable
{
    private const string NetworkPrefix = "network.";

    private const string BestPrefix = "best.";

    private const string OptimizerPrefix = "optimizer.";

    private const string BalanceName = "balance";

    private readonly Dictionary<string, Tensor> _best = [];
    private readonly TargetMaps _maps;

    public RunState(ExperimentSettings settings, CaseSplits data, RunKey key, Device device)
    {
        Device = device;
        random.manual_seed(key.Seed);
        var classes = settings.Mode == OutputMode.Binary ? 1 : data.Classes.Count;
        Network = NetworkFactory.Create(settings, data.Channels, classes);
        Network.to(device);
        Balance = key.Loss.NewBalance();
        Loss = key.Loss.Create(settings.WholeVolumes ? data.IgnoreIndex ?? VolumeLabels.IgnoredLabel : data.IgnoreIndex, settings.Mode, Balance);
        Loss.to(device);
        _maps = new TargetMaps(Loss, classes);
        Optimizer = OptimizerFactory.Create(settings, Network.parameters());
    }

    /// <summary>Where the network is.</summary>
    public Device Device { get; }

    public Module<Tensor, Tensor> Network { get; }

    public SegmentationLoss Loss { get; }

    /// <summary>What sets λ of the loss; null where λ is fixed.</summary>
    public BalancedLambda? Balance { get; }

    public SafeOptimizer Optimizer { get; }

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

    /// <summary>Keeps a copy of the network as it is, as the best so far.</summary>
    public void KeepBest()
    {
        using var withoutGradient = no_grad();
        foreach (var (name, value) in Network.state_dict())
        {
            if (_best.TryGetValue(name, out var kept))
            {
                kept.copy_(value);
            }
            else
            {
                _best.Add(name, value.detach().clone().DetachFromDisposeScope());
            }
        }
    }

    /// <summary>Brings the network back to what <see cref="KeepBest"/> kept.</summary>
    public void TakeBest() => CopyInto(Network, name => _best[name]);

    /// <summary>All that training changes, by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Tensors() =>
        Network.state_dict().Select(entry => (NetworkPrefix + entry.Key, entry.Value))
            .Concat(_best.Select(entry => (BestPrefix + entry.Key, entry.Value))).Concat(Optimizer.State().Select(entry => (OptimizerPrefix + entry.Key, entry.Value))).Concat(BalanceState());

    /// <summary>Takes over finished epochs, one at least, and the tensors after them.</summary>
    public void Restore(IEnumerable<EpochRecord> epochs, Func<string, Tensor> value)
    {
        CopyInto(Network, name => value(BestPrefix + name));
        KeepBest();
        CopyInto(Network, name => value(NetworkPrefix + name));
        Optimizer.Restore(Optimizer.State().Keys.ToDictionary(name => name, name => value(OptimizerPrefix + name)));
        if (Balance is not null)
        {
            var numbers = value(BalanceName).data<double>().ToArray();
            Balance.State = new((long)numbers[0], (long)numbers[1], numbers[2], numbers[3], numbers[4]);
        }

        Epochs.AddRange(epochs);
    }

    /// <summary>The target that the loss reads.</summary>
    /// <param name="labels">[N, *].</param>
    public SegmentationTarget TargetOf(Tensor labels) => _maps.Of(labels);

    /// <summary>The loss of one case.</summary>
    /// <param name="item">The case.</param>
    /// <param name="logits">[K, *], or [1, *] of the foreground.</param>
    public double LossOf(Case item, Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Loss.call(Batch(logits), TargetOf(Batch(item.Labels))).to(ScalarType.Float64).item<double>();
    }

    /// <summary>Adds the sizes of one case, and the gradient of the loss.</summary>
    /// <param name="diagnostics">Where to.</param>
    /// <param name="item">The case.</param>
    /// <param name="logits">[K, *], or [1, *] of the foreground.</param>
    public void Diagnose(RegionSizeDiagnostics diagnostics, Case item, Tensor logits)
    {
        using var scope = NewDisposeScope();
        diagnostics.Add(Loss, Batch(logits), TargetOf(Batch(item.Labels)));
    }

    public void Dispose()
    {
        foreach (var kept in _best.Values)
        {
            kept.Dispose();
        }

        Optimizer.Dispose();
        Loss.Dispose();
        Network.Dispose();
    }

    private Tensor Batch(Tensor one) => one.to(Device).unsqueeze(0);

    private IEnumerable<(string Name, Tensor Value)> BalanceState() => Balance?.State is { } state
        ? [(BalanceName, tensor(new[] { state.Steps, state.Measurements, state.MatchingNorm, state.PenaltyNorm, state.Value }))]
        : [];

    private static void CopyInto(Module<Tensor, Tensor> network, Func<string, Tensor> value)
    {
        using var withoutGradient = no_grad();
        foreach (var (name, tensor) in network.state_dict())
        {
            tensor.copy_(value(name));
        }
    }
}
