namespace SegLossBias;

/// <summary>How the classes share a cross-entropy.</summary>
public enum CrossEntropyForm
{
    /// <summary>Every pixel counts the same, or by the weight of its class: what <c>torch.nn.CrossEntropyLoss</c> does.</summary>
    Pixel,

    /// <summary>
    /// Every class that is present in the batch counts the same (WCE): its weight is 1/T_k, with T_k from the whole batch. That
    /// holds for every reduction, so the value of one image depends on the other images of the batch.
    /// </summary>
    InverseFrequency,

    /// <summary>Every region of an image counts 1: Σ_k C_k/T_k over the classes present, averaged over images (Table 1 of the paper).</summary>
    Region,
}
