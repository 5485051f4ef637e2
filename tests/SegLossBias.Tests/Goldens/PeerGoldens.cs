using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>monai.json, smp.json, nnunetv2.json: value, terms and gradient of <see cref="Presets"/>, in float64, of both implementations.</summary>
internal static class PeerGoldens
{
    private const string Section = "cases";
    private const string Total = "total";
    private const string Gradient = "grad";

    private static readonly Dictionary<string, Func<string, (string Name, object? Value)[], SegmentationLoss>> Peers = new()
    {
        ["monai.json"] = Presets.Monai,
        ["smp.json"] = Presets.SegmentationModels,
        ["nnunetv2.json"] = Presets.NnUnet,
    };

    internal static IEnumerable<GoldenRow> Rows(string? folder = null) =>
        Peers.Keys.SelectMany(file => GoldenFile.Open(file, folder)?.Section(Section) is { Length: > 0 } cases
            ? cases.SelectMany((golden, index) => Quantities(golden).Select(quantity => new GoldenRow(file, Section, index, golden.Find("name")?.GetString() ?? "", quantity)))
            : [new GoldenRow(file, Section)]);

    internal static void Check(GoldenRow row, string? folder = null)
    {
        using var scope = NewDisposeScope();
        var file = GoldenFile.OpenOrSkip(row.File, folder);
        var golden = file.EntryOrSkip(Section, row.Entry);
        var input = golden.Need("input", row.Place).GetString()!;
        var scene = file.InputOrSkip(input);
        var target = tensor(scene.Labels, file.LabelShape(input, scene));
        var correct = PeerDefects.Correct(row.File, golden, scene);
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            using var forced = RegionPrimitive.Force(implementation);
            using var loss = Peers[row.File](golden.Need("loss", row.Place).GetString()!, Options(golden, scene));
            Compare(row, golden, loss, scene.LogitsTensor(ScalarType.Float64), target, correct);
        }
    }

    private static void Compare(GoldenRow row, JsonElement golden, SegmentationLoss loss, Tensor values, Tensor target, PeerDefects.Correction? correct)
    {
        var logits = values.requires_grad_(true);
        using var breakdown = loss.Breakdown(logits, target);
        var (because, tolerance) = ($"{row}, {breakdown.Implementation}", Tolerance.Of(ScalarType.Float64));
        if (row.Quantity == Gradient)
        {
            breakdown.Total.backward();
            var expected = correct?.Gradient ?? golden.Need(Gradient, row.Place).Numbers();
            Evaluation.Numbers(logits.grad!).ShouldBeCloseToLargest(expected, tolerance, because, floor: 1e-3);
            return;
        }

        var numbers = golden.Need("expected", row.Place);
        if (row.Quantity == Total)
        {
            breakdown.Total.ToDouble().ShouldBeGolden(correct?.Total ?? numbers.Need(Total, row.Place).Number(), tolerance, because: because);
            return;
        }

        // The terms of compounds; a term is told by its kind.
        var isOverlap = row.Quantity == "dice";
        var part = breakdown.Parts.Zip(loss.Terms).Single(pair => pair.Second.Term is OverlapTerm == isOverlap).First;
        part.Raw.ToDouble().ShouldBeGolden(numbers.Need("terms", row.Place).Need(row.Quantity, row.Place).Number(), tolerance, because: because);
    }

    private static IEnumerable<string> Quantities(JsonElement golden) =>
        [Total, Gradient, .. golden.Find("expected")?.Find("terms")?.EnumerateObject().Select(term => term.Name) ?? []];

    /// <summary>The options under the peer's own names; those of nnU-Net's inner dictionaries stand among them.</summary>
    private static (string Name, object? Value)[] Options(JsonElement golden, Scene scene) =>
        [.. Flat(golden.Need("options", "the case")), ("mode", scene.Mode)];

    private static IEnumerable<(string Name, object? Value)> Flat(JsonElement options) => options.EnumerateObject().SelectMany(option =>
        option.Value.ValueKind == JsonValueKind.Object ? Flat(option.Value) : [(option.Name, (object?)option.Value)]);
}
