using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>The optimizers of the experiments, and what they remember from step to step.</summary>
internal static class OptimizerState
{
    private const double SgdMomentum = 0.99;

    /// <summary>
    /// Adam, or SGD with Nesterov momentum 0.99 as in nnU-Net (Isensee et al., arXiv:1904.08128), which the paper's 3D
    /// experiments ran; both with the L2 penalty of the settings.
    /// </summary>
    public static OptimizerHelper Create(ExperimentSettings settings, IEnumerable<Parameter> parameters) => settings.Optimizer switch
    {
        OptimizerKind.Adam => optim.Adam(parameters, settings.LearningRate, beta1: 0.9, beta2: settings.AdamBeta2, weight_decay: settings.WeightDecay),
        _ => optim.SGD(parameters, settings.LearningRate, SgdMomentum, weight_decay: settings.WeightDecay, nesterov: true),
    };

    /// <summary>Moments, momentum and step counts, by name.</summary>
    /// <param name="optimizer">After one step or more.</param>
    public static IEnumerable<(string Name, Tensor Value)> Read(OptimizerHelper optimizer)
    {
        foreach (var (index, state) in optimizer.state_dict().State.Index())
        {
            switch (state)
            {
                case Adam.State adam:
                    yield return (Name(index, nameof(adam.step)), tensor(adam.step));
                    yield return (Name(index, nameof(adam.exp_avg)), adam.exp_avg);
                    yield return (Name(index, nameof(adam.exp_avg_sq)), adam.exp_avg_sq);
                    break;
                case SGD.State { momentum_buffer: not null } sgd:
                    yield return (Name(index, nameof(sgd.momentum_buffer)), sgd.momentum_buffer);
                    break;
            }
        }
    }

    /// <summary>The opposite of <see cref="Read"/>.</summary>
    /// <param name="optimizer">Of the same kind, for the same parameters, before its first step.</param>
    /// <param name="value">The value of a name.</param>
    /// <param name="device">Of the parameters.</param>
    public static void Write(OptimizerHelper optimizer, Func<string, Tensor> value, Device device)
    {
        foreach (var (index, state) in optimizer.state_dict().State.Index())
        {
            switch (state)
            {
                case Adam.State adam:
                    adam.step = value(Name(index, nameof(adam.step))).item<long>();
                    adam.exp_avg.copy_(value(Name(index, nameof(adam.exp_avg))));
                    adam.exp_avg_sq.copy_(value(Name(index, nameof(adam.exp_avg_sq))));
                    break;
                case SGD.State sgd:
                    sgd.momentum_buffer = value(Name(index, nameof(sgd.momentum_buffer))).to(device, copy: true).DetachFromDisposeScope();
                    break;
            }
        }
    }

    private static string Name(int index, string quantity) => FormattableString.Invariant($"optimizer.{index}.{quantity}");
}
