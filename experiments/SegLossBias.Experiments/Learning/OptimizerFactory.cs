using TorchSharp.Modules;

namespace SegLossBias.Experiments.Learning;

/// <summary>Builds the optimiser of an experiment.</summary>
internal static class OptimizerFactory
{
    public static SafeOptimizer Create(ExperimentSettings settings, IEnumerable<Parameter> parameters) => settings.Optimizer switch
    {
        OptimizerKind.Adam => new SafeAdam(parameters, settings.LearningRate) { Beta2 = settings.AdamBeta2, WeightDecay = settings.WeightDecay },
        _ => new SafeSgd(parameters, settings.LearningRate) { Momentum = settings.Momentum, WeightDecay = settings.WeightDecay, IsNesterov = settings.Nesterov },
    };
}
