namespace SegLossBias;

/// <summary>Saved <see cref="RegionSizeDiagnostics"/>: settings and sums.</summary>
internal sealed record DiagnosticsFile(
    string Diagnostics, SegmentationMode Mode, int Channels, double[] Edges, string[] Terms, long Batches, double[][][] Sizes, double[][] Energies)
{
    private static readonly DiagnosticsJsonContext Context = new(MetricJson.Format());

    internal void Save(string path) => MetricJson.Save(path, this, Context);

    internal static DiagnosticsFile Load(string path)
    {
        var saved = MetricJson.Read<DiagnosticsFile>(path, nameof(RegionSizeDiagnostics), Context);
        MetricJson.Refuse(path, nameof(RegionSizeDiagnostics), saved.IsWhole() ? null : "its numbers do not fit each other");
        return saved;
    }

    private bool IsWhole()
    {
        var regions = Mode == SegmentationMode.Multiclass ? Channels : 2 * Channels;
        return Diagnostics == nameof(RegionSizeDiagnostics) && Channels >= 0 && Batches >= 0 && Edges is not null && RegionSizeDiagnostics.AreEdges(Edges)
            && Sizes?.Length == regions && Sizes.All(region => region?.Length == Edges.Length + 2 && region.All(cell => cell?.Length == 6))
            && Terms is not null && Energies?.Length == (Terms.Length == 0 ? 0 : Terms.Length + 1) && Energies.All(row => row?.Length == regions);
    }
}
