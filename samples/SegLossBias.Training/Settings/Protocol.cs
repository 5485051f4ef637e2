namespace SegLossBias.Training;

internal enum ProtocolName
{
    Quick,
    Paper,
    Paper3d,
}

/// <summary>How long and how fast is learned: values that belong together.</summary>
internal sealed record Protocol(int Epochs, int Batch, OptimizerKind Optimizer, double LearningRate, RateSchedule Schedule, AugmentationKind Augmentation)
{
    public const string Help =
        "Quick: 16 epochs, batches of 8, Adam, 1e-3 along half a cosine, no augmentation. "
        + "Paper (2D, Liu et al.): 60 epochs, batches of 8, Adam, 1e-4 halved on a plateau of 5 epochs, full augmentation. "
        + "Paper3d (as nnU-Net): 1000 epochs, batches of 2, SGD with momentum 0.99, 1e-2 with polynomial decay, full augmentation";

    public static Protocol Of(ProtocolName name) => name switch
    {
        ProtocolName.Paper => new(60, 8, OptimizerKind.Adam, 1e-4, RateSchedule.Plateau, AugmentationKind.Full),
        ProtocolName.Paper3d => new(1000, 2, OptimizerKind.Sgd, 1e-2, RateSchedule.Polynomial, AugmentationKind.Full),
        _ => new(16, 8, OptimizerKind.Adam, 1e-3, RateSchedule.Cosine, AugmentationKind.None),
    };
}
