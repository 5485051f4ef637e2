namespace SegLossBias;

/// <summary>How a kernel reads its channels.</summary>
internal enum KernelMode
{
    /// <summary>Exclusive classes.</summary>
    Softmax,

    /// <summary>Two exclusive classes: one sigmoid of the difference of their logits.</summary>
    TwoClassSoftmax,

    /// <summary>Channels on their own.</summary>
    Sigmoid,
}
