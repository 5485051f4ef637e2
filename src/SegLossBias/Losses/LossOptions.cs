using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Options for a loss built by name. Null takes the default of that loss; one the loss does not have is an error. Rarer options (the per-region form, ε, smoothing, absent classes) are those of the constructors.</summary>
public sealed record LossOptions
{
    /// <summary>How the logits are read.</summary>
    public SegmentationMode Mode { get; init; }

    /// <summary>The label of pixels to leave out.</summary>
    public long? IgnoreIndex { get; init; }

    /// <summary>How values are joined; see <see cref="SegmentationLoss"/>.</summary>
    public nn.Reduction Reduction { get; init; } = nn.Reduction.Mean;

    /// <summary>λ of a compound.</summary>
    public Schedule? Lambda { get; init; }

    /// <summary>τ of a region-size penalty.</summary>
    public Schedule? Temperature { get; init; }

    /// <summary>γ of a focal loss.</summary>
    public double? Gamma { get; init; }

    /// <summary>The form of a focal loss.</summary>
    public FocalForm? Form { get; init; }

    /// <summary>Over what Dice takes its sums.</summary>
    public DicePooling? Pooling { get; init; }

    /// <summary>Class weights of a cross-entropy or focal loss.</summary>
    public Tensor? Weight { get; init; }
}
