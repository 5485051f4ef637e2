using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>seglossbias.json, seglossbias3d.json: value, terms and gradient of the paper's reference code, in float64 and float32, of both implementations.</summary>
internal static class ReferenceGoldens
{
    private const string Section = "cases";
    private const string Total = "total";
    private const string Gradient = "grad";

    private static readonly string[] Files = ["seglossbias.json", "seglossbias3d.json"];

    internal static IEnumerable<GoldenRow> Rows(string? folder = null) =>
        Files.SelectMany(file => GoldenFile.Open(file, folder)?.Section(Section) is { Length: > 0 } cases
            ? cases.SelectMany((golden, index) => Quantities(golden).Select(quantity => new GoldenRow(file, Section, index, Name(golden), quantity)))
            : [new GoldenRow(file, Section)]);

    internal static void Check(GoldenRow row, string? folder = null)
    {
        using var scope = NewDisposeScope();
        var file = GoldenFile.OpenOrSkip(row.File, folder);
        var golden = file.EntryOrSkip(Section, row.Entry);
        var input = golden.Need("input", row.Place).GetString()!;
        var scene = file.InputOrSkip(input);
        var expected = Expected(golden, row, scene);
        using var loss = ReferenceLosses.Create(golden, scene, row.File.Contains("3d", StringComparison.Ordinal));
        foreach (var implementation in Enum.GetValues<RegionImplementation>())
        {
            foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
            {
                using var forced = RegionPrimitive.Force(implementation);
                Compare(row, loss, scene, tensor(scene.Labels, file.LabelShape(input, scene)), expected, dtype);
            }
        }
    }

    /// <summary>What the file says, corrected where the reference errs; skipped where the file says nothing.</summary>
    private static double[] Expected(JsonElement golden, GoldenRow row, Scene scene)
    {
        var correct = ReferenceDefects.Correct(golden, scene);
        if (row.Quantity == Gradient)
        {
            var gradient = golden.Need(Gradient, row.Place).Numbers();
            return correct?.Gradient ?? gradient;
        }

        var numbers = golden.Need("expected", row.Place);
        if (row.Quantity == Total)
        {
            var total = numbers.Need(Total, $"expected of {row.Place}").Number();
            return [correct?.Total(total) ?? total];
        }

        var value = numbers.Need("terms", $"expected of {row.Place}").Need(row.Quantity, $"terms of {row.Place}").Number();
        return [correct?.Term(row.Quantity, value) ?? value];
    }

    private static void Compare(GoldenRow row, SegmentationLoss loss, Scene scene, Tensor target, double[] expected, ScalarType dtype)
    {
        var logits = scene.LogitsTensor(dtype).requires_grad_(true);
        using var breakdown = loss.Breakdown(logits, target);
        var because = $"{row}, {breakdown.Implementation}, {dtype}";
        var terms = loss.Terms.Select(term => term.Term).ToArray();
        double Size(Func<int, double> size) => dtype == ScalarType.Float64 ? 0 : Enumerable.Range(0, terms.Length).Sum(i => breakdown.Parts[i].Lambda * size(i));

        if (row.Quantity == Gradient)
        {
            breakdown.Total.backward();
            Evaluation.Numbers(logits.grad!).ShouldBeCloseToLargest(expected, Tolerance.Of(dtype), because, floor: Math.Max(1e-3, Size(i => SummandSize.OfGradient(terms[i], scene))));
        }
        else if (row.Quantity == Total)
        {
            var size = Size(i => Math.Max(Math.Abs(breakdown.Parts[i].Raw.ToDouble()), SummandSize.OfValue(terms[i], scene)));
            breakdown.Total.ToDouble().ShouldBeGolden(expected[0], Tolerance.Of(dtype), size, because);
        }
        else
        {
            var place = Array.IndexOf(ReferenceLosses.TermKeys(loss.Name), row.Quantity);
            breakdown.Parts[place].Raw.ToDouble().ShouldBeGolden(expected[0], Tolerance.Of(dtype), dtype == ScalarType.Float64 ? 0 : SummandSize.OfValue(terms[place], scene), because);
        }
    }

    /// <summary>The total and the gradient; of a compound its terms too.</summary>
    private static IEnumerable<string> Quantities(JsonElement golden)
    {
        var keys = golden.Find("loss")?.GetString() is { } name ? ReferenceLosses.TermKeys(name) : [];
        return [Total, Gradient, .. keys.Length > 1 ? keys : []];
    }

    private static string Name(JsonElement golden) => golden.Find("name")?.GetString() ?? "a case without a name";
}
