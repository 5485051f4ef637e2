using TorchSharp.Modules;

namespace SegLossBias.Experiments.Learning;

/// <summary>Builds the optimiser of an experiment.</summary>
internal static class OptimizerFactory
{
    public static Optimizer Create(ExperimentSettings settings, IEnumerable<Parameter> parameters) => settings.Optimizer switch
    {
        OptimizerKind.Adam => new AdamOptimizer(parameters, settings.WeightDecay, settings.AdamBeta2) { LearningRate = settings.LearningRate },
        _ => new SgdOptimizer(parameters, settings.WeightDecay, settings.Momentum, settings.Nesterov) { LearningRate = settings.LearningRate },
    };
}
