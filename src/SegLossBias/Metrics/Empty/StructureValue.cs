namespace SegLossBias;

/// <summary>A metric of one structure.</summary>
/// <param name="Formula">What the formula gives; may be NaN or infinite.</param>
/// <param name="Empty">Which mask is empty.</param>
/// <param name="DiagonalMm">Of the image, where it is known.</param>
internal readonly record struct StructureValue(double Formula, EmptyCase Empty, double? DiagonalMm = null);
