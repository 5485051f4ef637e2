using SegLossBias.Tests.Oracles;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Region statistics against loops, and both implementations against each other.</summary>
internal static class StatisticsAttempts
{
    internal static Attempt Make(Draw draw)
    {
        var mode = draw.One(Enum.GetValues<SegmentationMode>());
        var input = HostileInput.Of(draw, mode);
        var temperature = draw.One([1.0, 2, 10, 0.5]);
        var byCollection = draw.OneIn(2);
        var surroundings = draw.OneIn(2) ? Surroundings.Plain : draw.One(Surroundings.All);
        return new($"statistics τ {temperature}, {surroundings}: {input}", input.Expected, () =>
        {
            var inputs = input.Make();
            surroundings.Around(() => Compare(inputs, input, temperature, byCollection));
        });
    }

    private static void Compare(Inputs inputs, HostileInput input, double temperature, bool byCollection)
    {
        var (scene, target) = (inputs.Scene, inputs.Target());
        RegionStatistic[] asked = [RegionStatistic.Overlap, RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(temperature)];
        using var statistics = Library.Held(() => byCollection
            ? RegionStatistics.Compute(inputs.Logits!, target, asked, scene.Mode, [Scene.Ignore])
            : RegionStatistics.Compute(inputs.Logits!, target, scene.Mode, Scene.Ignore, asked));
        if (input.Expected != Expected.Value)
        {
            return;
        }

        var tolerance = input.Dtype == ScalarType.Float64 ? Tolerance.Of(input.Dtype) : Tolerance.Of(ScalarType.Float32);
        scene = inputs.Scene;
        var regions = Enumerable.Range(0, (int)scene.Images).SelectMany(n => Enumerable.Range(0, (int)scene.Classes).Select(k => PlainRegion.Foreground(scene, n, k))).ToArray();
        Check(statistics.ValidSize, region => region.ValidSize, "valid sizes");
        Check(statistics.TargetSize, region => region.TargetSize, "true sizes");
        Check(statistics.Overlap, region => region.Overlap, "overlaps");
        Check(statistics.PredictedSize(temperature), region => region.PredictedSize(temperature), "predicted sizes");
        if (input.IsModerate)
        {
            Check(statistics.NegativeLogLikelihood, region => region.NegativeLogLikelihood, "negative logarithms");
        }

        void Check(Tensor actual, Func<PlainRegion, double> expected, string what)
        {
            var numbers = Evaluation.Numbers(actual);
            double[] plain = [.. regions.Select(expected)];
            Library.EnsureClose(numbers.Length == scene.Images && plain.Length != numbers.Length ? plain.Where((_, at) => at % scene.Classes == 0).ToArray() : plain, numbers, tolerance * 10, what);
        }
    }
}
