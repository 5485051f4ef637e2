using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Support;

/// <summary>
/// One row of <see cref="LossTable"/>: a loss with all that its tests need to know. It drives the contract, oracle,
/// gradient, second derivative, metamorphic, formula and convergence tests: a new loss is a row here and an oracle.
/// </summary>
/// <param name="Name">The name of the case.</param>
/// <param name="Plain">The same in plain loops, for Reduction.Mean.</param>
internal sealed record LossCase(string Name, Func<Scene, double> Plain)
{
    /// <summary>The terms; null for a ready-made loss that <see cref="LossFactory"/> knows by the name of the case.</summary>
    internal Func<LossSum>? Terms { get; init; }

    /// <summary>What it reads of a target beside the labels. Tests of labels leave out what reads more; <see cref="TargetLossTests"/> has all.</summary>
    internal Reads Reads { get; init; }

    /// <summary>Images are pooled, so that Reduction.None is an error.</summary>
    internal bool IsPooled { get; init; }

    /// <summary>The value of an image depends on the images beside it in other ways, through weights of the batch.</summary>
    internal bool IsOfTheBatch { get; init; }

    /// <summary>Has a second derivative everywhere.</summary>
    internal bool IsSmooth { get; init; } = true;

    /// <summary>Its second derivative is 0 wherever it has one.</summary>
    internal bool IsPiecewiseLinear { get; init; }

    /// <summary>Made of tensor operations, whatever the device.</summary>
    internal bool IsOfPixels { get; init; }

    /// <summary>
    /// Has a power below 1 of what vanishes where p is sure, −log p or 1 − D. There the rounding of p stands in its place, and the power
    /// makes it large: 1e-16 to the power 0.3 is 2e-5, 1e-9 to the power 1/2 is 3e-5. The right value is known only of probabilities
    /// that are not decided.
    /// </summary>
    internal bool IsSteepAtCertainty { get; init; }

    /// <summary>Looks at the pixels around a pixel, so that the axes of an image matter.</summary>
    internal bool SeesNeighbours { get; init; }

    /// <summary>Reads the prediction on the CPU.</summary>
    internal bool WaitsForTheDevice { get; init; }

    /// <summary>Looks at the sigmoid of each channel, of classes too.</summary>
    internal bool IsOneVsRest { get; init; }

    /// <summary>Looks at the foreground alone where a channel has a background too.</summary>
    internal bool IsOfTheForeground { get; init; }

    /// <summary>Class 0, or the background, is not treated as the others are.</summary>
    internal bool TellsClassesApart { get; init; }

    /// <summary>Binary mode is not one multilabel channel: the background of that channel counts too.</summary>
    internal bool DiffersInBinaryMode { get; init; }

    /// <summary>The value with two classes over that of one binary channel, where both regions count.</summary>
    internal double OfTwoClasses { get; init; } = 1;

    /// <summary>The same batch twice has the same mean.</summary>
    internal bool IsScaleFree { get; init; } = true;

    /// <summary>What a network learns from it alone.</summary>
    internal Learns Learns { get; init; } = Learns.Picture;

    /// <summary>For each term, what <c>Reduction.Sum</c> adds up.</summary>
    internal Numerator[] Numerators { get; init; } = [Numerator.Image];

    /// <summary>The reductions that are defined for it.</summary>
    internal IEnumerable<Reduction> Reductions => Enum.GetValues<Reduction>().Where(reduction => !IsPooled || reduction != Reduction.None);

    /// <summary>Whether a term takes its sums over the batch, so that Reduction.None is an error.</summary>
    internal static bool Pools(LossTerm term) => term is not Focal && (term.GetType().GetProperty(nameof(Pooling))?.GetValue(term) is Pooling.Batch || term is ReducedFocal);

    internal SegmentationLoss Create(SegmentationMode mode = SegmentationMode.Multiclass, long? ignoreIndex = null, Reduction reduction = Reduction.Mean, bool checksLabels = true) =>
        Terms is null
            ? LossFactory.Create(Name, new Dictionary<string, object?> { ["mode"] = mode, ["ignoreIndex"] = ignoreIndex, ["reduction"] = reduction, ["checksLabels"] = checksLabels })
            : new SegmentationLoss(Terms()) { Mode = mode, IgnoreIndex = ignoreIndex, Reduction = reduction, ChecksLabels = checksLabels };
}

/// <summary>What a loss reads of a target beside the labels.</summary>
internal enum Reads
{
    Labels,
    Map,
    Instances,
}

/// <summary>What a loss teaches a network.</summary>
internal enum Learns
{
    /// <summary>Where the regions are.</summary>
    Picture,

    /// <summary>Where their centre lines are.</summary>
    CentreLines,

    /// <summary>How large they are.</summary>
    Sizes,

    /// <summary>To give everything to the largest region.</summary>
    Bias,
}

/// <summary>What <c>Reduction.Sum</c> of a term adds up.</summary>
internal enum Numerator
{
    /// <summary>Values of images.</summary>
    Image,

    /// <summary>Pixels.</summary>
    Pixel,

    /// <summary>Classes, each with weights that add up to 1.</summary>
    Class,
}
