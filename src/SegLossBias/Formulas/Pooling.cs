namespace SegLossBias;

/// <summary>Over what a loss takes its sums.</summary>
public enum Pooling
{
    /// <summary>Over the batch, as if it were one large image. What the reference does; robust where images lack the class.</summary>
    Batch,

    /// <summary>Over each image; the values are averaged.</summary>
    Image,
}
