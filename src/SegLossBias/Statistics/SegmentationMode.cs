namespace SegLossBias;

/// <summary>How the channels of the logits are to be read.</summary>
public enum SegmentationMode
{
    /// <summary>Each pixel belongs to one of K ≥ 2 classes; p = softmax of the logits [N,K,*] over the channels.</summary>
    Multiclass,

    /// <summary>Foreground against background in one channel; p = sigmoid of the logits [N,1,*].</summary>
    Binary,

    /// <summary>K ≥ 1 channels that may overlap; p = sigmoid of the logits [N,K,*], each channel on its own.</summary>
    Multilabel,
}
