namespace SegLossBias;

/// <summary>Losses of other libraries, by the names and options that they have there, with the same value and gradient.</summary>
/// <remarks>
/// An option that is not given has the default of the other library. Beside its options each preset takes <c>mode</c>
/// ("multiclass", "binary" or "multilabel"), <c>ignore_index</c> and, for several labels, <c>ignore_indices</c>. The result is an ordinary loss: its
/// <see cref="SegmentationLoss.Terms"/> show the terms and settings of this library that it stands for.
/// <code>
/// L = the number of the other library; terms follow from the options
/// </code>
/// Checked at 1e-10 in float64 against MONAI 1.5.0, segmentation_models.pytorch 0.5.1, nnU-Net 2.8.1 and the paper's reference
/// code. Where one of them has a defect the right value is given; docs/coming-from.md lists those.
/// </remarks>
/// <example><code>
/// using var loss = Presets.Monai("DiceCELoss", ("softmax", true), ("include_background", false), ("lambda_ce", 0.5));
/// </code></example>
public static class Presets
{
    private static readonly PresetTable OfMonai = new("MONAI", MonaiPresets.All);
    private static readonly PresetTable OfSegmentationModels = new("segmentation_models.pytorch", SegmentationModelsPresets.All);
    private static readonly PresetTable OfNnUnet = new("nnU-Net", NnUnetPresets.All);
    private static readonly PresetTable OfReference = new("the reference", ReferencePresets.All);

    /// <summary>A loss of MONAI 1.5: DiceLoss, DiceCELoss, DiceFocalLoss, FocalLoss, TverskyLoss, GeneralizedDiceLoss.</summary>
    /// <param name="loss">Its name there.</param>
    /// <param name="options">Its options there, such as <c>("softmax", true)</c>.</param>
    /// <exception cref="ArgumentException">The loss or an option is unknown, or a value does not fit; the message lists the known ones.</exception>
    public static SegmentationLoss Monai(string loss, params (string Name, object? Value)[] options) => OfMonai.Create(loss, options);

    /// <summary>A loss of segmentation_models.pytorch 0.5: DiceLoss, JaccardLoss, TverskyLoss, FocalLoss, LovaszLoss, SoftCrossEntropyLoss.</summary>
    /// <param name="loss">Its name there.</param>
    /// <param name="options">Its options there, such as <c>("mode", "binary")</c>.</param>
    /// <exception cref="ArgumentException">The loss or an option is unknown, or a value does not fit; the message lists the known ones.</exception>
    public static SegmentationLoss SegmentationModels(string loss, params (string Name, object? Value)[] options) => OfSegmentationModels.Create(loss, options);

    /// <summary>A loss of nnU-Net 2.8: SoftDiceLoss, MemoryEfficientSoftDiceLoss, TopKLoss, DC_and_CE_loss, DC_and_BCE_loss, DC_and_topk_loss.</summary>
    /// <param name="loss">Its name there.</param>
    /// <param name="options">Its options there, such as <c>("batch_dice", true)</c>; those of <c>soft_dice_kwargs</c> and <c>ce_kwargs</c> stand among them.</param>
    /// <exception cref="ArgumentException">The loss or an option is unknown, or a value does not fit; the message lists the known ones.</exception>
    public static SegmentationLoss NnUnet(string loss, params (string Name, object? Value)[] options) => OfNnUnet.Create(loss, options);

    /// <summary>A loss of the paper's reference code (by-liu/SegLossBias), such as CE, FocalLoss, Focal+L1 or CE+Dice.</summary>
    /// <param name="loss">Its name there.</param>
    /// <param name="options">Its options there: <c>alpha</c>, <c>temp</c>, <c>weight</c>, <c>gamma</c>, <c>smooth</c>, <c>eps</c> (of GDiceLoss <c>epsilon</c>), <c>ignore_empty_classes</c>.</param>
    /// <exception cref="ArgumentException">The loss or an option is unknown, or a value does not fit; the message lists the known ones.</exception>
    public static SegmentationLoss Reference(string loss, params (string Name, object? Value)[] options) => OfReference.Create(loss, options);
}
