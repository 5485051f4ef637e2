namespace SegLossBias.Benchmarks.Measuring;

/// <summary>Medians in milliseconds.</summary>
internal sealed record Times(double Fused, double CrossEntropy, double Reference, double Floor);
