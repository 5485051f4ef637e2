namespace SegLossBias.Tests.Targets;

/// <summary>Scenes whose targets have more than hard labels.</summary>
internal static class RichScenes
{
    /// <summary>Kinds of targets that every loss takes.</summary>
    internal static readonly string[] OfLabels = ["one-hot floats", "soft", "weights", "soft, weights", "weights of channels"];

    /// <summary>The kinds that a loss takes in a mode.</summary>
    internal static IEnumerable<string> For(LossCase row, SegmentationMode mode) =>
        OfLabels.Where(kind => (kind != "weights of channels" || mode == SegmentationMode.Multilabel) && (row.Reads != Reads.Instances || kind.StartsWith("weights", StringComparison.Ordinal)));

    /// <summary>For [MemberData]: every loss with every mode and every kind that it takes.</summary>
    internal static TheoryData<string, SegmentationMode, string> Cases(Func<LossCase, bool> isMeant)
    {
        var data = new TheoryData<string, SegmentationMode, string>();
        foreach (var row in LossTable.All.Where(isMeant))
        {
            foreach (var mode in Enum.GetValues<SegmentationMode>())
            {
                foreach (var kind in For(row, mode))
                {
                    data.Add(row.Name, mode, kind);
                }
            }
        }

        return data;
    }

    /// <summary>A scene of a kind, made from one of hard labels; the map "distance" and, with hard labels, instances are there too.</summary>
    internal static Scene Make(Scene hard, string kind, int seed = 1)
    {
        var random = new Random(seed);
        var scene = hard with { Maps = new Dictionary<string, double[]> { ["distance"] = [.. hard.Logits.Select(_ => (10 * random.NextDouble()) - 5)] } };
        scene = kind.StartsWith("weights", StringComparison.Ordinal) ? scene with { Instances = [.. hard.Labels.Select(label => InstanceOf(label, hard.Mode, random))] } : scene;
        scene = kind switch
        {
            "one-hot floats" => WithSoft(scene, random, softness: 0),
            "soft" or "soft, weights" => WithSoft(scene, random, softness: 0.7),
            _ => scene,
        };
        var weights = kind.EndsWith("weights", StringComparison.Ordinal) ? hard.Images * hard.Pixels : kind == "weights of channels" ? hard.Logits.Length : 0;
        return weights == 0 ? scene : scene with { Weights = [.. Enumerable.Range(0, (int)weights).Select(_ => random.NextDouble() < 0.2 ? 0 : 2 * random.NextDouble())] };
    }

    /// <summary>Ignored pixels hold the ignore index in their channels; the others a random share of each class, most of it of their label.</summary>
    private static Scene WithSoft(Scene scene, Random random, double softness)
    {
        var (classes, soft) = (scene.Classes, new double[scene.Logits.Length]);
        for (var image = 0L; image < scene.Images; image++)
        {
            for (var pixel = 0L; pixel < scene.Pixels; pixel++)
            {
                var share = random.NextDouble() < 0.3 ? 0 : softness * random.NextDouble();
                var others = Enumerable.Range(0, (int)classes).Select(_ => random.NextDouble()).ToArray();
                for (var k = 0L; k < classes; k++)
                {
                    var isIgnored = scene.Weight(image, k, pixel) == 0;
                    var other = scene.Mode == SegmentationMode.Multiclass ? others[k] / others.Sum() : others[k];
                    soft[scene.At(image, k, pixel)] = isIgnored ? Scene.Ignore : ((1 - share) * scene.Membership(image, k, pixel)) + (share * other);
                }
            }
        }

        return scene with { Soft = soft };
    }

    /// <summary>Up to three instances of each class but the background of exclusive classes, one of which is absent now and then.</summary>
    private static long InstanceOf(long label, SegmentationMode mode, Random random) =>
        label is 0 or Scene.Ignore ? 0
        : random.NextDouble() < 0.2 ? 0
        : ((mode == SegmentationMode.Multiclass ? label - 1 : 0) * 3) + random.NextInt64(3) + 1;
}
