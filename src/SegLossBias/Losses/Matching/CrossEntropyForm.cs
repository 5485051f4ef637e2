namespace SegLossBias;

/// <summary>How the classes share a cross-entropy.</summary>
public enum CrossEntropyForm
{
    /// <summary>Every pixel counts the same, or by the weight of its class: what <c>torch.nn.CrossEntropyLoss</c> does.</summary>
    Pixel,

    /// <summary>Every class present in the batch counts the same: class weights 1/T_k from the batch itself (WCE), with every reduction, so that the value of an image depends on the images beside it.</summary>
    InverseFrequency,

    /// <summary>Every region of an image counts 1: Σ_k C_k/T_k over the classes present, averaged over images (Table 1 of the paper).</summary>
    Region,
}
