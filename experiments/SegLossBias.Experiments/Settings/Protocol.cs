namespace SegLossBias.Experiments.Settings;

/// <summary>How long and how fast is learned, and what of a picture is seen: values that belong together.</summary>
/// <remarks>
/// The paper's are those of its reference's configurations. Its protocol for Cityscapes also scales pictures by 0.5 to 1.5 and
/// changes their hue, which this program does not. Its 3D experiments ran nnU-Net, whose values Paper3d has. The shorter memory
/// of the quick protocol's Adam is TorchSharp's default.
/// </remarks>
internal sealed record Protocol(int Epochs, int Batch, OptimizerKind Optimizer, double LearningRate, RateSchedule Schedule)
{
    public const string Help =
        "Quick: 16 epochs, batches of 8, Adam with β2 = 0.99, 1e-3 along half a cosine, no augmentation. "
        + "The paper's 2D ones have weight decay 1e-4. PaperPolyp: 50 epochs, batches of 16, Adam, 1e-4 halved when the pooled validation DSC has not risen for more than 5 epochs, padded, augmentation crop; the best epoch by pooled DSC. "
        + "PaperRetinal: 60 epochs, batches of 8, Adam, 1e-4 halved on a plateau of the validation loss, full augmentation. "
        + "PaperCityscapes: 100 epochs, batches of 8, SGD with momentum 0.9, 1e-2 with polynomial decay, augmentation crop. "
        + "Paper3d (as nnU-Net): 1000 epochs, batches of 2, SGD with Nesterov momentum 0.99 and weight decay 3e-5, 1e-2 with polynomial decay, full augmentation";

    public double WeightDecay { get; init; } = 1e-4;

    public double AdamBeta2 { get; init; } = 0.999;

    public double Momentum { get; init; } = 0.9;

    public bool Nesterov { get; init; }

    public ValidationMeasure PlateauMeasure { get; init; }

    public ValidationMeasure BestMeasure { get; init; } = ValidationMeasure.Dice;

    public FitKind Fit { get; init; }

    public AugmentationKind Augmentation { get; init; } = AugmentationKind.Full;

    public static Protocol Of(ProtocolName name) => name switch
    {
        ProtocolName.PaperPolyp => new(50, 16, OptimizerKind.Adam, 1e-4, RateSchedule.Plateau)
        {
            PlateauMeasure = ValidationMeasure.PooledDice, BestMeasure = ValidationMeasure.PooledDice, Fit = FitKind.Pad, Augmentation = AugmentationKind.Crop,
        },
        ProtocolName.PaperRetinal => new(60, 8, OptimizerKind.Adam, 1e-4, RateSchedule.Plateau),
        ProtocolName.PaperCityscapes => new(100, 8, OptimizerKind.Sgd, 1e-2, RateSchedule.Polynomial) { Augmentation = AugmentationKind.Crop },
        ProtocolName.Paper3d => new(1000, 2, OptimizerKind.Sgd, 1e-2, RateSchedule.Polynomial) { WeightDecay = 3e-5, Momentum = 0.99, Nesterov = true },
        _ => new(16, 8, OptimizerKind.Adam, 1e-3, RateSchedule.Cosine) { WeightDecay = 0, AdamBeta2 = 0.99, Augmentation = AugmentationKind.None },
    };
}
