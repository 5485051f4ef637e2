namespace SegLossBias;

/// <summary>The parameters of a function of the probability.</summary>
/// <param name="statistic">Whose.</param>
/// <param name="classes">K, for label smoothing.</param>
internal readonly struct PixelShape(RegionStatistic statistic, int classes)
{
    /// <summary>The exponent, and the label smoothing of a focal term.</summary>
    internal readonly FocalShape Focal = FocalShape.Of(statistic, classes);

    /// <summary>The exponent as <see cref="PositivePower{TLanes, T}"/> wants it.</summary>
    internal readonly SplitExponent Exponent = new(statistic.Parameter);

    /// <summary>That of the derivative, one less.</summary>
    internal readonly SplitExponent Less = new(statistic.Parameter - 1);
}
