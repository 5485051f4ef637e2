using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>The presets of the reference are the losses that its golden values are compared with.</summary>
public class ReferencePresetTests
{
    [Fact]
    public void Preset_HasTheTermsOfTheComparedLoss()
    {
        var file = GoldenFile.Open("seglossbias.json", Path.Combine(AppContext.BaseDirectory, "Goldens"))!;
        var cases = file.Section("cases").Where(golden => !golden.GetProperty("loss").GetString()!.Contains('@', StringComparison.Ordinal)).ToArray();
        foreach (var golden in cases)
        {
            var scene = file.InputOrSkip(golden.GetProperty("input").GetString()!);
            using var compared = ReferenceLosses.Create(golden, scene, is3D: false);
            using var preset = Presets.Reference(golden.GetProperty("loss").GetString()!, [.. Options(golden), ("mode", scene.Mode)]);
            preset.ToString().Should().Be(compared.ToString());
        }

        cases.Should().HaveCountGreaterThan(300);
    }

    private static IEnumerable<(string Name, object? Value)> Options(JsonElement golden) =>
        golden.GetProperty("options").EnumerateObject().Select(option => (option.Name, (object?)option.Value));
}
