using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>The losses of MONAI 1.5 in terms of this library.</summary>
internal static class MonaiPresets
{
    internal static IReadOnlyDictionary<string, Func<PresetOptions, LossSum>> All { get; } = new Dictionary<string, Func<PresetOptions, LossSum>>
    {
        ["DiceLoss"] = options => Dice(options, OfAllClasses(options)),
        ["DiceCELoss"] = DiceCrossEntropy,
        ["DiceFocalLoss"] = DiceFocal,
        ["FocalLoss"] = options => Focal(options, options.Flag("use_softmax"), OfAllClasses(options)),
        ["TverskyLoss"] = Tversky,
        ["GeneralizedDiceLoss"] = GeneralizedDice,
    };

    /// <summary>1 − (2I + nr) / (P + T + dr) of each image and class, absent ones too; with jaccard 1 − (2I + nr) / (2(P + T − I) + dr).</summary>
    private static OverlapTerm Dice(PresetOptions options, ClassWeights? weight)
    {
        var isJaccard = options.Flag("jaccard");
        var half = isJaccard ? 0.5 : 1;
        var (above, below) = (half * options.Number("smooth_nr", 1e-5), half * options.Number("smooth_dr", 1e-5));
        var form = options.Flag("squared_pred") ? DiceForm.Squared : options.Flag("soft_label") ? DiceForm.Distance : DiceForm.Plain;
        var (pooling, classes, reduction) = Common(options);
        return isJaccard
            ? new Jaccard { Smoothing = above, SmoothingBelow = below, Form = form, Absent = AbsentClass.Keep, Pooling = pooling, Classes = classes, ClassReduction = reduction, Weight = weight }
            : new Dice { Smoothing = above, SmoothingBelow = below, Form = form, Absent = AbsentClass.Keep, Pooling = pooling, Classes = classes, ClassReduction = reduction, Weight = weight };
    }

    /// <summary>What the overlap losses share. Their "sum" adds up images and classes.</summary>
    private static (Pooling Pooling, ClassSelection Classes, ClassReduction Reduction) Common(PresetOptions options)
    {
        // With sigmoids and without one-hot labels channels are channels.
        options.UsualMode = options.Flag("softmax") || !options.Flag("sigmoid") ? SegmentationMode.Multiclass : SegmentationMode.Multilabel;
        _ = options.Flag("to_onehot_y");
        return (options.Flag("batch") ? Pooling.Batch : Pooling.Image, Classes(options), options.Reduction == Reduction.Sum ? ClassReduction.Sum : ClassReduction.Mean);
    }

    private static ClassSelection Classes(PresetOptions options) => options.Flag("include_background", true) ? ClassSelection.All : ClassSelection.WithoutBackground;

    private static LossSum DiceCrossEntropy(PresetOptions options)
    {
        var weight = options.Weights("weight");
        var dice = Dice(options, options.Mode == SegmentationMode.Multiclass ? weight : null);
        var entropy = options.Mode == SegmentationMode.Multiclass
            ? new CrossEntropy { Weight = weight, LabelSmoothing = options.Number("label_smoothing", 0) }
            : new CrossEntropy { PositiveWeight = weight };
        return (options.Number("lambda_dice", 1) * dice) + (options.Number("lambda_ce", 1) * entropy);
    }

    /// <summary>Softmax for Dice, but sigmoids for the focal loss in any case.</summary>
    private static LossSum DiceFocal(PresetOptions options) =>
        (options.Number("lambda_dice", 1) * Dice(options, options.Weights("weight"))) + (options.Number("lambda_focal", 1) * Focal(options, isSoftmax: false, options.Weights("weight")));

    private static Focal Focal(PresetOptions options, bool isSoftmax, ClassWeights? weight)
    {
        _ = options.Flag("to_onehot_y");
        return new()
        {
            Gamma = options.Number("gamma", 2),
            Alpha = options.NumberOrNull("alpha"),
            Form = isSoftmax ? FocalForm.Softmax : FocalForm.OneVsRest,
            Classes = Classes(options),
            Weight = weight,
            AveragesClasses = options.Reduction != Reduction.Sum,
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
    private static ClassWeights? OfAllClasses(PresetOptions options) => options.Weights("weight") is not { } weight ? null
        : options.Flag("include_background", true) || options.Mode == SegmentationMode.Binary ? weight
        : ClassWeights.Of([1, .. weight.Values]);
}
