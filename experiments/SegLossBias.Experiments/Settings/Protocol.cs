namespace SegLossBias.Experiments.Settings;

internal enum ProtocolName
{
    Quick,
    Paper,
    Paper3d,
}

/// <summary>How long and how fast is learned: values that belong together.</summary>
/// <remarks>
/// The paper's 2D values are those of its polyp and retinal configurations; its 3D experiments ran nnU-Net, whose values
/// these are. The shorter memory of the quick protocol's Adam is TorchSharp's default.
/// </remarks>
internal sealed record Protocol(
    int Epochs, int Batch, OptimizerKind Optimizer, double LearningRate, RateSchedule Schedule, double WeightDecay, double AdamBeta2, AugmentationKind Augmentation)
{
    public const string Help =
        "Quick: 16 epochs, batches of 8, Adam with β2 = 0.99, 1e-3 along half a cosine, no augmentation. "
        + "Paper (2D, Liu et al.): 60 epochs, batches of 8, Adam with β2 = 0.999 and weight decay 1e-4, 1e-4 halved on a plateau of 5 epochs, full augmentation. "
        + "Paper3d (as nnU-Net): 1000 epochs, batches of 2, SGD with momentum 0.99 and weight decay 3e-5, 1e-2 with polynomial decay, full augmentation";

    public static Protocol Of(ProtocolName name) => name switch
    {
        ProtocolName.Paper => new(60, 8, OptimizerKind.Adam, 1e-4, RateSchedule.Plateau, 1e-4, 0.999, AugmentationKind.Full),
        ProtocolName.Paper3d => new(1000, 2, OptimizerKind.Sgd, 1e-2, RateSchedule.Polynomial, 3e-5, 0.999, AugmentationKind.Full),
        _ => new(16, 8, OptimizerKind.Adam, 1e-3, RateSchedule.Cosine, 0, 0.99, AugmentationKind.None),
    };
}
