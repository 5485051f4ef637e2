using System.Text.Json;

namespace SegLossBias.Tests.Readme;

/// <summary>The settings that the README gives for other libraries have the values that those libraries computed.</summary>
public class PeerSettingsTests
{
    private static readonly JsonElement Peers =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Readme", "peers.json"))).RootElement;

    private static readonly Lazy<Dictionary<string, SegmentationLoss>> Losses = new(() => ReadmeProgram.Losses(
        ReadmeFile.Blocks("csharp").Values.Single(block => block.Contains("monaiDice", StringComparison.Ordinal)),
        Cases().Select(peer => peer.GetProperty("variable").GetString()!).Distinct()));

    public static TheoryData<string> Names => [.. Cases().Select(peer => peer.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Setting_HasTheValueOfTheOtherLibrary(string name)
    {
        using var scope = NewDisposeScope();
        var peer = Cases().Single(peer => peer.GetProperty("name").GetString() == name);
        var input = Peers.GetProperty("inputs").GetProperty(peer.GetProperty("input").GetString()!);
        var logits = tensor(input.GetProperty("logits").Deserialize<double[]>()!, input.GetProperty("shape").Deserialize<long[]>()!);
        var target = tensor(input.GetProperty("labels").Deserialize<long[]>()!, input.GetProperty("label_shape").Deserialize<long[]>()!);

        var value = Losses.Value[peer.GetProperty("variable").GetString()!].call(logits, target).item<double>();

        var converted = (value / peer.GetProperty("divisor").GetInt32()) + peer.GetProperty("offset").GetInt32();
        converted.ShouldBeClose(peer.GetProperty("expected").GetDouble(), Tolerance.Of(ScalarType.Float64), name);
    }

    private static JsonElement.ArrayEnumerator Cases() => Peers.GetProperty("cases").EnumerateArray();
}
