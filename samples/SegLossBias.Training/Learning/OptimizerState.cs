using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>The optimizers of the experiments, and what they remember from step to step.</summary>
internal static class OptimizerState
{
    /// <summary>L2 penalty of the paper's 2D code, for both of its optimizers.</summary>
    private const double AdamDecay = 1e-4;

    private const double SgdMomentum = 0.99;

    private const double SgdDecay = 3e-5;

    /// <summary>
    /// Adam as in the paper's 2D experiments, or SGD as in nnU-Net (Isensee et al., arXiv:1904.08128), which its 3D
    /// experiments ran: Nesterov momentum 0.99, L2 penalty 3e-5.
    /// </summary>
    public static OptimizerHelper Create(ExperimentSettings settings, IEnumerable<Parameter> parameters) => settings.Optimizer switch
    {
        OptimizerKind.Adam => optim.Adam(parameters, settings.LearningRate, beta1: 0.9, beta2: 0.999, weight_decay: AdamDecay),
        _ => optim.SGD(parameters, settings.LearningRate, SgdMomentum, weight_decay: SgdDecay, nesterov: true),
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
