namespace SegLossBias;

/// <summary>A metric of one class over all images.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Unit">Of its values; 1 where it has none.</param>
/// <param name="Kind">What it measures.</param>
/// <param name="Class">Null for all classes together.</param>
/// <param name="Values">One for each image; a single one, where <paramref name="IsPooled"/>.</param>
/// <param name="IsPooled">Whether the only value is that of all images together.</param>
internal sealed record MetricColumn(string Metric, string Unit, MetricKind Kind, int? Class, IReadOnlyList<StructureValue> Values, bool IsPooled = false);
