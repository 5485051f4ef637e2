using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>The losses of segmentation_models.pytorch 0.5 in terms of this library.</summary>
internal static class SegmentationModelsPresets
{
    internal static IReadOnlyDictionary<string, Func<PresetOptions, LossSum>> All { get; } = new Dictionary<string, Func<PresetOptions, LossSum>>
    {
        ["DiceLoss"] = options => new Tversky { Smoothing = Smooth(options), Epsilon = Epsilon(options), Link = Link(options), Classes = Classes(options), Weight = Weights(options) },
        ["JaccardLoss"] = options => new Jaccard { Smoothing = Smooth(options), Epsilon = Epsilon(options), Link = Link(options), Classes = Classes(options), Weight = Weights(options) },
        ["TverskyLoss"] = Tversky,
        ["FocalLoss"] = Focal,
        ["LovaszLoss"] = Lovasz,
        ["SoftCrossEntropyLoss"] = options => new CrossEntropy { LabelSmoothing = options.Number("smooth_factor", 0) },
    };

    /// <summary>Weights of all classes, whose mean is 1; where classes are selected, theirs are those that count.</summary>
    private static ClassWeights? Weights(PresetOptions options) => options.Weights("class_weights") is not { } weights ? null
        : ClassWeights.Of([.. weights.Values.Select(weight => weight * weights.Values.Count / weights.Values.Sum())]);

    /// <summary>Dice is Tversky's index there, (I + s) / max(I + (P − I)/2 + (T − I)/2 + s, ε).</summary>
    private static double Smooth(PresetOptions options)
    {
        options.EnsureLogits();
        return options.Number("smooth", 0);
    }

    private static double Epsilon(PresetOptions options) => options.Number("eps", 1e-7);

    private static OverlapLink Link(PresetOptions options) => options.Flag("log_loss") ? OverlapLink.Log : OverlapLink.Linear;

    private static ClassSelection Classes(PresetOptions options) => options.Read("classes", ClassSelection.All);

    private static LossSum Tversky(PresetOptions options) => new Tversky
    {
        Alpha = options.Number("alpha", 0.5),
        Beta = options.Number("beta", 0.5),
        ExponentOfMean = options.Number("gamma", 1),
        Smoothing = Smooth(options),
        Epsilon = Epsilon(options),
        Link = Link(options),
        Classes = Classes(options),
        Weight = Weights(options),
    };

    /// <summary>After 0.5.0 the classes are averaged, before they are summed.</summary>
    private static LossSum Focal(PresetOptions options)
    {
        var (gamma, alpha, threshold, isNormalized) = (options.Number("gamma", 2), options.NumberOrNull("alpha"), options.NumberOrNull("reduced_threshold"), options.Flag("normalized"));
        var (weight, version) = (Weights(options), options.Read("version", ""));
        if (version is not ("" or "0.5.0"))
        {
            throw new ArgumentException($"the version is 0.5.0, or left out for later ones, but it is '{version}'.", nameof(options));
        }

        return threshold is null && !isNormalized
            ? new Focal { Gamma = gamma, Alpha = alpha, Weight = weight, AveragesClasses = version.Length == 0 }
            : new ReducedFocal
            {
                Gamma = gamma, Alpha = alpha, Threshold = threshold, Normalized = isNormalized, Weight = weight,
                ClassReduction = version.Length == 0 ? ClassReduction.Mean : ClassReduction.Sum,
                SumsPixels = options.Reduction == Reduction.Sum,
            };
    }

    private static LossSum Lovasz(PresetOptions options)
    {
        var pooling = options.Flag("per_image") ? Pooling.Image : Pooling.Batch;
        return options.Mode == SegmentationMode.Multiclass ? new LovaszSoftmax { Pooling = pooling } : new LovaszHinge { Pooling = pooling, JoinsClasses = true };
    }
}
