namespace SegLossBias;

/// <summary>The losses of nnU-Net 2.8 in terms of this library.</summary>
internal static class NnUnetPresets
{
    internal static IReadOnlyDictionary<string, Func<PresetOptions, LossSum>> All { get; } = new Dictionary<string, Func<PresetOptions, LossSum>>
    {
        ["SoftDiceLoss"] = options => Dice(options, smooth: 1),
        ["MemoryEfficientSoftDiceLoss"] = options => Dice(options, smooth: 1),
        ["TopKLoss"] = options => TopK(options),
        ["DC_and_CE_loss"] = options => Sum(options, new CrossEntropy { Weight = options.Weights("weight"), LabelSmoothing = options.Number("label_smoothing", 0) }),
        ["DC_and_BCE_loss"] = OfRegions,
        ["DC_and_topk_loss"] = options => Sum(options, TopK(options)),
    };

    /// <summary>−D of each image or of the batch, absent classes too.</summary>
    private static Dice Dice(PresetOptions options, double smooth) => new()
    {
        Link = OverlapLink.Negative,
        Smoothing = options.Number("smooth", smooth),
        Epsilon = 1e-8,
        MinimumOverlap = options.Number("clip_tp", 0),
        Absent = AbsentClass.Keep,
        Pooling = options.Flag("batch_dice") ? Pooling.Batch : Pooling.Image,
        Classes = options.Flag("do_bg", true) ? ClassSelection.All : ClassSelection.WithoutBackground,
    };

    private static TopKCrossEntropy TopK(PresetOptions options) => new() { Weight = options.Weights("weight"), Ratio = options.Number("k", 10) / 100, LabelSmoothing = options.Number("label_smoothing", 0) };

    private static LossSum OfRegions(PresetOptions options)
    {
        options.UsualMode = SegmentationMode.Multilabel;
        return Sum(options, new CrossEntropy { PositiveWeight = options.Weights("pos_weight") });
    }

    /// <summary>Cross-entropy first, as nnU-Net weighs it.</summary>
    private static LossSum Sum(PresetOptions options, LossTerm entropy) =>
        (options.Number("weight_ce", 1) * entropy) + (options.Number("weight_dice", 1) * Dice(options, smooth: 1));
}
