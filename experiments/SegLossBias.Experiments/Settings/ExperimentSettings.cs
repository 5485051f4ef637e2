using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Settings;

/// <summary>What an experiment trains, on what and how; saved beside its results. Where results go is not part of it.</summary>
internal sealed record ExperimentSettings
{
    /// <summary>The weights of an encoder that ImageNet trained and the program has at hand.</summary>
    public const string ImageNetWeights = "imagenet";

    /// <summary>An encoder from random weights.</summary>
    public const string NoWeights = "none";

    public const double DefaultForegroundShare = 1.0 / 3;

    /// <summary>Folder of the data, as a full path; null for generated pictures.</summary>
    public string? Data { get; init; }

    /// <summary>The name of the layout of the data.</summary>
    public required string Layout { get; init; }

    /// <summary>Shares of a seeded split, such as 80/10/10, or NAME of lists split_NAME_train.txt; null: as the layout says, else a fifth validates.</summary>
    public string? Split { get; init; }

    /// <summary>How pictures are brought to the size.</summary>
    public FitKind Fit { get; init; }

    /// <summary>[H, W] to which pictures are resized, or [D, H, W] of the patches that a 3D network sees.</summary>
    public required IReadOnlyList<int> Size { get; init; }

    /// <summary>Cases whose names give the same first group of this regular expression belong together; null: as the layout groups.</summary>
    public string? Group { get; init; }

    /// <summary>Draws generated data and the split; independent of the seeds of the runs.</summary>
    public int DataSeed { get; init; } = 1;

    /// <summary>The name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>What the network has as its encoder.</summary>
    public EncoderKind Encoder { get; init; }

    /// <summary><see cref="ImageNetWeights"/>, <see cref="NoWeights"/>, or the full path of a file.</summary>
    public string EncoderWeights { get; init; } = NoWeights;

    /// <summary>The network's own: channels per resolution, finest first, or those of a decoder.</summary>
    public required IReadOnlyList<int> Widths { get; init; }

    /// <summary>What the network says of a pixel.</summary>
    public OutputMode Mode { get; init; }

    public required IReadOnlyList<LossSpec> Losses { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required OptimizerKind Optimizer { get; init; }

    public required double LearningRate { get; init; }

    public required RateSchedule Schedule { get; init; }

    /// <summary>What the plateau schedule waits for.</summary>
    public ValidationMeasure PlateauMeasure { get; init; }

    /// <summary>What the best epoch has more of than others.</summary>
    public ValidationMeasure BestMeasure { get; init; } = ValidationMeasure.Dice;

    /// <summary>L2 penalty of the weights.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Decay of Adam's mean of squared gradients.</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>Share of its velocity that SGD keeps.</summary>
    public double Momentum { get; init; } = 0.99;

    /// <summary>Whether SGD looks ahead along its velocity.</summary>
    public bool Nesterov { get; init; } = true;

    public required AugmentationKind Augmentation { get; init; }

    /// <summary>Whether a step takes whole volumes, in tiles of the size, instead of patches. Where false it is not written, so that older folders and checkpoints go on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WholeVolumes { get; init; }

    /// <summary>Patches of one epoch of a 3D network; null: as many as cover each training volume once. 2D: each picture once.</summary>
    public int? PatchesPerEpoch { get; init; }

    /// <summary>Share of the patches of a batch that are centred on a foreground voxel, 0 to 1.</summary>
    public double ForegroundShare { get; init; } = DefaultForegroundShare;

    /// <summary>Tolerance of the normalised surface distance in mm (2D pictures without spacing: in pixels as trained on).</summary>
    public double ToleranceMm { get; init; } = 1;

    public required string Device { get; init; }

    /// <summary>Threads of libtorch; 0 leaves its own choice.</summary>
    public int Threads { get; init; }

    /// <summary>How pictures are scaled: as the weights of an encoder expect it.</summary>
    [JsonIgnore]
    public InputKind Input => EncoderWeights == NoWeights ? InputKind.PerPicture : InputKind.ImageNet;

    [JsonIgnore]
    public int Dimensions => Size.Count;

    /// <summary>All runs, seed by seed.</summary>
    [JsonIgnore]
    public IEnumerable<RunKey> Runs => Seeds.SelectMany(seed => Losses.Select(loss => new RunKey(loss, seed)));
}
