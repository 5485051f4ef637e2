using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>The losses of MONAI 1.5 in terms of this library.</summary>
internal static class MonaiPresets
{
    /// <summary>Denominators have no bound there.</summary>
    private const double NoBound = 1e-300;

    internal static IReadOnlyDictionary<string, Func<PresetOptions, LossSum>> All { get; } = new Dictionary<string, Func<PresetOptions, LossSum>>
    {
        ["DiceLoss"] = options => Factor(Read(options)) * Dice(options, OfAllClasses(options)),
        ["DiceCELoss"] = options => DiceCrossEntropy(Read(options)),
        ["DiceFocalLoss"] = options => DiceFocal(Read(options)),
        ["FocalLoss"] = options => Factor(Read(options)) * Focal(options, options.Flag("use_softmax"), OfAllClasses(options)),
        ["TverskyLoss"] = options => Tversky(Read(options)),
        ["GeneralizedDiceLoss"] = options => GeneralizedDice(Read(options)),
    };

    /// <summary>With sigmoids channels are channels; the mode must be known before a term is made.</summary>
    private static PresetOptions Read(PresetOptions options)
    {
        options.UsualMode = options.Flag("sigmoid") ? SegmentationMode.Multilabel : SegmentationMode.Multiclass;
        _ = options.Flag("softmax");
        _ = options.Flag("to_onehot_y");
        return options;
    }

    /// <summary>A single weight is that of every class, and is not read for a single channel.</summary>
    private static double Factor(PresetOptions options) => options.Scalar("weight") is { } weight && options.Mode != SegmentationMode.Binary
        ? SettingCheck.NotNegative(weight, "the weight of the classes", nameof(weight)) : 1;

    /// <summary>1 − (2I + nr) / (P + T + dr) of each image and class, absent ones too; with jaccard 1 − (2I + nr) / (2(P + T − I) + dr).</summary>
    private static OverlapTerm Dice(PresetOptions options, ClassWeights? weight)
    {
        var isJaccard = options.Flag("jaccard");
        var half = isJaccard ? 0.5 : 1;
        var (above, below) = (half * options.Number("smooth_nr", 1e-5), half * options.Number("smooth_dr", 1e-5));
        weight = options.Mode == SegmentationMode.Binary ? null : weight; // A single channel has none there.
        var form = options.Flag("squared_pred") ? DiceForm.Squared : options.Flag("soft_label") ? DiceForm.Distance : DiceForm.Plain;
        var (pooling, classes, reduction) = Common(options);
        return isJaccard
            ? new Jaccard { Smoothing = above, SmoothingBelow = below, Form = form, Epsilon = NoBound, Absent = AbsentClass.Keep, Pooling = pooling, Classes = classes, ClassReduction = reduction, Weight = weight }
            : new Dice { Smoothing = above, SmoothingBelow = below, Form = form, Epsilon = NoBound, Absent = AbsentClass.Keep, Pooling = pooling, Classes = classes, ClassReduction = reduction, Weight = weight };
    }

    /// <summary>What the overlap losses share. Their "sum" adds up images and classes.</summary>
    private static (Pooling Pooling, ClassSelection Classes, ClassReduction Reduction) Common(PresetOptions options) =>
        (options.Flag("batch") ? Pooling.Batch : Pooling.Image, Classes(options), options.Reduction == Reduction.Sum ? ClassReduction.Sum : ClassReduction.Mean);

    /// <summary>A single channel has no background to leave out.</summary>
    private static ClassSelection Classes(PresetOptions options) =>
        options.Flag("include_background", true) || options.Mode == SegmentationMode.Binary ? ClassSelection.All : ClassSelection.WithoutBackground;

    /// <summary>
    /// The number of channels and not the activation says which cross-entropy it is: softmax of several channels, those of sigmoids too,
    /// and sigmoids of a single one.
    /// </summary>
    private static LossSum DiceCrossEntropy(PresetOptions options)
    {
        if (options.Scalar("weight") is not null)
        {
            throw new ArgumentException("DiceCELoss takes a weight for each class, but weight is a single number, which PyTorch's cross-entropy refuses; give a list.", nameof(options));
        }

        var weight = options.Weights("weight");
        var dice = Dice(options, weight);
        var smoothing = options.Number("label_smoothing", 0); // Of several channels alone.
        LossTerm entropy = options.Mode switch
        {
            SegmentationMode.Multiclass => new CrossEntropy { Weight = weight, LabelSmoothing = smoothing },
            SegmentationMode.Binary => new CrossEntropy { PositiveWeight = weight },
            _ => new ChannelSoftmaxCrossEntropy { Weight = weight, LabelSmoothing = smoothing },
        };
        return (options.Number("lambda_dice", 1) * dice) + (options.Number("lambda_ce", 1) * entropy);
    }

    /// <summary>Softmax for Dice, but sigmoids for the focal loss in any case.</summary>
    private static LossSum DiceFocal(PresetOptions options)
    {
        var (factor, weight) = (Factor(options), options.Scalar("weight") is null ? options.Weights("weight") : null);
        return (factor * options.Number("lambda_dice", 1) * Dice(options, weight)) + (factor * options.Number("lambda_focal", 1) * Focal(options, isSoftmax: false, weight));
    }

    private static Focal Focal(PresetOptions options, bool isSoftmax, ClassWeights? weight)
    {
        // A softmax without background leaves α out there.
        var alpha = options.NumberOrNull("alpha");
        return new()
        {
            Gamma = options.Number("gamma", 2),
            Alpha = isSoftmax && Classes(options) == ClassSelection.WithoutBackground ? null : alpha,
            Form = isSoftmax ? FocalForm.Softmax : FocalForm.OneVsRest,
            Classes = Classes(options),
            Weight = options.Mode == SegmentationMode.Binary ? null : weight,
            AveragesClasses = options.Reduction != Reduction.Sum,
            SumsChannels = options.Reduction == Reduction.Sum,
            Pooling = options.Reduction == Reduction.Sum ? Pooling.Image : Pooling.Batch,
        };
    }

    private static LossSum Tversky(PresetOptions options)
    {
        var (pooling, classes, reduction) = Common(options);
        return new Tversky
        {
            Alpha = options.Number("alpha", 0.5),
            Beta = options.Number("beta", 0.5),
            Smoothing = options.Number("smooth_nr", 1e-5),
            SmoothingBelow = options.Number("smooth_dr", 1e-5),
            Form = options.Flag("soft_label") ? DiceForm.Distance : DiceForm.Plain,
            Epsilon = NoBound,
            Absent = AbsentClass.Keep,
            Pooling = pooling,
            Classes = classes,
            ClassReduction = reduction,
        };
    }

    private static LossSum GeneralizedDice(PresetOptions options)
    {
        var (pooling, classes, _) = Common(options);
        return new GeneralizedDice
        {
            Weighting = options.Read("w_type", "square") switch
            {
                "square" => SizeWeighting.Square,
                "simple" => SizeWeighting.Simple,
                "uniform" => SizeWeighting.Uniform,
                var other => throw new ArgumentException($"w_type is square, simple or uniform, but it is '{other}'.", nameof(options)),
            },
            Smoothing = options.Number("smooth_nr", 1e-5),
            SmoothingBelow = options.Number("smooth_dr", 1e-5),
            Absent = AbsentWeight.Largest,
            Pooling = pooling,

            // A channel on its own has no background there.
            Classes = options.Mode == SegmentationMode.Binary ? ClassSelection.WithoutBackground : classes,
        };
    }

    /// <summary>Without background MONAI's single losses want a weight for each class but that; its compounds want one for each class.</summary>
    private static ClassWeights? OfAllClasses(PresetOptions options) => options.Scalar("weight") is not null || options.Weights("weight") is not { } weight ? null
        : options.Flag("include_background", true) ? weight
        : ClassWeights.Of([1, .. weight.Values]);
}
