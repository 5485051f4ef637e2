using System.Text.Json.Serialization;

namespace SegLossBias.Experiments.Settings;

/// <summary>How the files of <c>--data</c> are laid out.</summary>
internal enum DataLayout
{
    /// <summary>images/ and masks/, or train/, val/ and test/ that hold them.</summary>
    Folder,

    /// <summary>Kvasir-SEG: images/ and masks/ of JPEG files.</summary>
    Kvasir,

    /// <summary>CVC-ClinicDB: Original/ and Ground Truth/, PNG or TIFF.</summary>
    CvcClinicDb,

    /// <summary>Retinal Lesions: one folder of masks per picture, one file per lesion.</summary>
    RetinalLesions,

    /// <summary>Cityscapes: leftImg8bit/SPLIT/CITY and gtFine/SPLIT/CITY with label ids.</summary>
    Cityscapes,

    /// <summary>CHASE_DB1: Image_NNX.jpg with Image_NNX_1stHO.png.</summary>
    ChaseDb1,

    /// <summary>NIfTI volumes in one folder: NAME_CHANNEL.nii.gz with NAME_gt.nii.gz.</summary>
    Nifti,

    /// <summary>Medical Segmentation Decathlon: imagesTr/, labelsTr/, dataset.json.</summary>
    Decathlon,

    /// <summary>Generated fundus-like pictures; no files.</summary>
    Generated,
}

internal enum NetworkKind
{
    UNet,
    Fpn,
    UNet3d,
}

internal enum OptimizerKind
{
    Adam,
    Sgd,
}

/// <summary>How the learning rate falls.</summary>
internal enum RateSchedule
{
    Constant,

    /// <summary>Along half a cosine to 0, step by step.</summary>
    Cosine,

    /// <summary>Halved when the validation loss has not fallen for more than 5 epochs.</summary>
    Plateau,

    /// <summary>(1 − step/steps)^0.9, step by step.</summary>
    Polynomial,
}

internal enum AugmentationKind
{
    None,

    /// <summary>Mirrored at random along each axis.</summary>
    Flips,

    /// <summary>Mirrored, rotated, and changed in brightness and contrast.</summary>
    Full,
}

/// <summary>What an experiment trains, on what and how; saved beside its results. Where results go is not part of it.</summary>
internal sealed record ExperimentSettings
{
    /// <summary>Folder of the data, as a full path; null for generated pictures.</summary>
    public string? Data { get; init; }

    public required DataLayout Layout { get; init; }

    /// <summary>[H, W] to which pictures are resized, or [D, H, W] of the patches that a 3D network sees.</summary>
    public required IReadOnlyList<int> Size { get; init; }

    /// <summary>Cases whose names give the same first group of this regular expression belong together; null: as the layout groups.</summary>
    public string? Group { get; init; }

    /// <summary>Draws generated data and the split; independent of the seeds of the runs.</summary>
    public int DataSeed { get; init; } = 1;

    public required NetworkKind Network { get; init; }

    /// <summary>Channels per resolution, finest first; their number is the depth.</summary>
    public required IReadOnlyList<int> Widths { get; init; }

    public required IReadOnlyList<LossSpec> Losses { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required OptimizerKind Optimizer { get; init; }

    public required double LearningRate { get; init; }

    public required RateSchedule Schedule { get; init; }

    /// <summary>L2 penalty of the weights.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Decay of Adam's mean of squared gradients.</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    public required AugmentationKind Augmentation { get; init; }

    /// <summary>Patches of one epoch of a 3D network; null: as many as cover each training volume once. 2D: each picture once.</summary>
    public int? PatchesPerEpoch { get; init; }

    /// <summary>Share of the patches of a batch that are centred on a foreground voxel, 0 to 1.</summary>
    public double ForegroundShare { get; init; } = 1.0 / 3;

    /// <summary>Tolerance of the normalised surface distance in mm (2D pictures without spacing: in pixels as trained on).</summary>
    public double ToleranceMm { get; init; } = 1;

    public required string Device { get; init; }

    /// <summary>Threads of libtorch; 0 leaves its own choice.</summary>
    public int Threads { get; init; }

    [JsonIgnore]
    public int Dimensions => Size.Count;

    /// <summary>All runs, seed by seed.</summary>
    [JsonIgnore]
    public IEnumerable<RunKey> Runs => Seeds.SelectMany(seed => Losses.Select(loss => new RunKey(loss, seed)));
}
