using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegLossBias;

/// <summary>Saved <see cref="RegionSizeDiagnostics"/>: settings and sums.</summary>
internal sealed record DiagnosticsFile(
    string Diagnostics, SegmentationMode Mode, int Channels, double[] Edges, string[] Terms, long Batches, double[][][] Sizes, double[][] Energies)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter<SegmentationMode>(allowIntegerValues: false) },
    };

    /// <summary>Writes beside the file and takes its place when all is on the disk.</summary>
    internal void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var unfinished = $"{Path.GetFullPath(path)}.{Path.GetRandomFileName()}";
        try
        {
            File.WriteAllText(unfinished, JsonSerializer.Serialize(this, Format));
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    internal static DiagnosticsFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var saved = JsonSerializer.Deserialize<DiagnosticsFile>(File.ReadAllText(path), Format);
            return saved is not null && saved.IsWhole() ? saved : throw new InvalidDataException(Message(path, "its numbers do not fit each other"));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(Message(path, error.Message), error);
        }
    }

    private static string Message(string path, string why) => $"{path} does not hold saved {nameof(RegionSizeDiagnostics)}, or it is damaged: {why}; save them again with Save.";

    private bool IsWhole()
    {
        var regions = Mode == SegmentationMode.Multiclass ? Channels : 2 * Channels;
        return Diagnostics == nameof(RegionSizeDiagnostics) && Channels >= 0 && Batches >= 0 && Edges is not null && RegionSizeDiagnostics.AreEdges(Edges)
            && Sizes?.Length == regions && Sizes.All(region => region?.Length == Edges.Length + 2 && region.All(cell => cell?.Length == 6))
            && Terms is not null && Energies?.Length == (Terms.Length == 0 ? 0 : Terms.Length + 1) && Energies.All(row => row?.Length == regions);
    }
}
