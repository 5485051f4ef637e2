using System.Text.Json;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Regression;

/// <summary>
/// Value and gradient of every loss on fixed scenes against numbers that an earlier build stored, so that no platform and no
/// later build gives others. What is right is said by the oracles; this says what has changed.
/// </summary>
public class RegressionTests
{
    /// <summary>Set to a file, it makes the tests write the numbers of this build there. Say in the changelog why they changed.</summary>
    private const string WriteTo = "SEGLOSSBIAS_WRITE_REGRESSION";

    /// <summary>Sums in another order, and exponentials of another library, on another processor.</summary>
    private static readonly double Allowed = Tolerance.Of(ScalarType.Float64);

    private static readonly Lazy<IReadOnlyDictionary<string, Stored>> Expected = new(() =>
        JsonSerializer.Deserialize<Dictionary<string, Stored>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Regression", "values.json")))!);

    public static TheoryData<string, SegmentationMode> Cases
    {
        get
        {
            var cases = new TheoryData<string, SegmentationMode>();
            foreach (var (row, mode) in LossTable.All.SelectMany(row => Enum.GetValues<SegmentationMode>().Select(mode => (row, mode))))
            {
                cases.Add(row.Name, mode);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValueAndGradient_AreThoseStored(string name, SegmentationMode mode)
    {
        Expected.Value.Should().ContainKey(Key(name, mode), $"a new loss is added by running the tests with {WriteTo} set to values.json");
        var (actual, expected) = (Measure(name, mode), Expected.Value[Key(name, mode)]);
        actual.Value.ShouldBeClose(expected.Value, Allowed, "value");
        actual.GradientNorm.ShouldBeClose(expected.GradientNorm, Allowed, "norm of the gradient");
        actual.Gradient.ShouldBeClose(expected.Gradient, Allowed, "gradient");
    }

    [SkippableFact]
    public void TheNumbers_AreWritten()
    {
        var file = Environment.GetEnvironmentVariable(WriteTo);
        Skip.If(file is null, $"writes the numbers of this build where {WriteTo} says");
        var numbers = Cases.Select(row => ((string)row[0], (SegmentationMode)row[1])).ToDictionary(row => Key(row.Item1, row.Item2), row => Measure(row.Item1, row.Item2));
        numbers.Values.Select(stored => stored.Value).Should().OnlyContain(value => double.IsFinite(value));
        File.WriteAllText(file, JsonSerializer.Serialize(numbers).Replace("},", "},\n", StringComparison.Ordinal) + "\n");
    }

    private static string Key(string name, SegmentationMode mode) => $"{name} {mode}";

    private static Stored Measure(string name, SegmentationMode mode)
    {
        var row = LossTable.Get(name);
        using var loss = row.Create(mode, Scene.Ignore);
        var scene = RichScenes.Make(Scenes.Usual(mode, seed: 7, ignored: 0.2), row.Reads == Reads.Instances ? "weights" : "hard");
        var (value, gradient) = scene.Evaluate(loss);
        return new(value, Math.Sqrt(gradient.Sum(part => part * part)), [.. gradient.Where((_, i) => i % 7 == 0)]);
    }

    /// <summary>What is kept of a case.</summary>
    /// <param name="Value">The loss.</param>
    /// <param name="GradientNorm">The Euclidean norm of its gradient.</param>
    /// <param name="Gradient">Every seventh entry.</param>
    private sealed record Stored(double Value, double GradientNorm, double[] Gradient);
}
