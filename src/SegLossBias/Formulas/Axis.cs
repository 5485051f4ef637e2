namespace SegLossBias;

/// <summary>What a <see cref="Formula"/> is summed over.</summary>
public enum Axis
{
    /// <summary>n, the images of the batch.</summary>
    Images,

    /// <summary>k, the regions of an image: its classes, and their backgrounds where the formula reads them too.</summary>
    Classes,
}
