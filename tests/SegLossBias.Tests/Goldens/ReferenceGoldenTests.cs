using System.Text.Json;

namespace SegLossBias.Tests.Goldens;

/// <summary>Every case of the paper's reference code, value, terms and gradient, in float64 and float32, of both implementations.</summary>
public class ReferenceGoldenTests
{
    private static (RegionImplementation Implementation, ScalarType Dtype)[] Runs =>
    [
        (RegionImplementation.Fused, ScalarType.Float64),
        (RegionImplementation.Fused, ScalarType.Float32),
        (RegionImplementation.Composed, ScalarType.Float64),
        (RegionImplementation.Composed, ScalarType.Float32),
    ];

    public static TheoryData<string, string> Cases => Load("seglossbias.json", "seglossbias3d.json");

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Reference_ValueTermsAndGradient(string file, string name)
    {
        Skip.If(name.Length == 0, $"{file} is not in the folder of the goldens");
        var goldens = GoldenFile.Open(file)!;
        var golden = goldens.Cases.Single(golden => golden.GetProperty("name").GetString() == name);
        var inputName = golden.GetProperty("input").GetString()!;
        var scene = goldens.Input(inputName);
        using var scope = NewDisposeScope();
        using var loss = ReferenceLosses.Create(golden, scene, file.Contains("3d", StringComparison.Ordinal));
        foreach (var (implementation, dtype) in Runs)
        {
            using var forced = RegionPrimitive.Force(implementation);
            var logits = scene.LogitsTensor(dtype).requires_grad_(true);
            var target = tensor(scene.Labels, goldens.LabelShape(inputName));
            using var breakdown = loss.Breakdown(logits, target);
            breakdown.Total.backward();

            var (total, terms, gradient) = ReferenceDefects.Correct(golden, scene) ?? Expected(golden);
            var tolerance = Tolerance.Of(dtype);
            breakdown.Total.ToDouble().ShouldBeRelativelyClose(total, tolerance, $"{name}, {breakdown.Implementation}");
            for (var i = 0; i < terms.Length; i++)
            {
                breakdown.Parts[i].Raw.ToDouble().ShouldBeRelativelyClose(terms[i], tolerance, $"{name}, term {i}, {breakdown.Implementation}");
            }

            Evaluation.Numbers(logits.grad!).ShouldBeClose(gradient, tolerance, $"{name}, gradient in {dtype}, {breakdown.Implementation}");
        }
    }

    private static (double Total, double[] Terms, double[] Gradient) Expected(JsonElement golden)
    {
        var expected = golden.GetProperty("expected");
        return (
            GoldenFile.Number(expected.GetProperty("total")),
            [.. expected.GetProperty("terms").EnumerateObject().Select(term => GoldenFile.Number(term.Value))],
            GoldenFile.Numbers(golden.GetProperty("grad")));
    }

    private static TheoryData<string, string> Load(params string[] files)
    {
        var data = new TheoryData<string, string>();
        foreach (var file in files)
        {
            var goldens = GoldenFile.Open(file);
            foreach (var name in goldens?.Cases.Select(golden => golden.GetProperty("name").GetString()!) ?? [""])
            {
                data.Add(file, name);
            }
        }

        return data;
    }
}
