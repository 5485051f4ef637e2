namespace SegLossBias;

/// <summary>Which probability a multiclass focal loss reads. Binary and multilabel logits have sigmoids in either form.</summary>
public enum FocalForm
{
    /// <summary>Every class against the rest: p = sigmoid of its channel, summed over the classes of a pixel. What the 2D experiments of the paper ran, multiclass ones too.</summary>
    OneVsRest,

    /// <summary>p = softmax over the channels, read at the true class. What the 3D experiments of the paper ran.</summary>
    Softmax,
}
