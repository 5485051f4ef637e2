using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>What takes masks as spans: distances, lines and surfaces, with shapes and spacings that do not belong to them.</summary>
internal static class MaskAttempts
{
    private static readonly (string Name, Func<int[], int[]> Change)[] Shapes =
    [
        ("one axis", shape => [shape.Aggregate(1, (product, size) => product * size)]),
        ("an axis more", shape => [.. shape, 1, 1]),
        ("no axis", _ => []),
        ("a negative axis", shape => [-shape[0], .. shape[1..]]),
        ("two negative axes", shape => [-shape[0], -shape[1], .. shape[2..]]),
        ("an empty axis", shape => [0, .. shape[1..]]),
        ("a longer axis", shape => [shape[0] + 1, .. shape[1..]]),
        ("axes that overflow", shape => [641, 6700417, shape.Aggregate(1, (product, size) => product * size)]), // 641·6700417 = 2³² + 1: in 32 bits the product is the mask's length.
        ("three axes that overflow", _ => [int.MaxValue, int.MaxValue, int.MaxValue]),
    ];

    internal static Attempt Make(Draw draw)
    {
        var (kind, pair) = (draw.One(["distances", "lines", "surfaces"]), draw.Of(MaskPair.Any));
        var (shapeFault, shape) = draw.OneIn(3) ? draw.One(Shapes) is var (name, change) ? (name, change(pair.Shape)) : default : ("its shape", pair.Shape);
        double[] spacing = draw.OneIn(4) ? [.. Enumerable.Range(0, draw.Int(0, 4)).Select(_ => draw.HostileNumber())] : pair.Spacing;
        var isTame = kind == "lines" || (spacing.Length == pair.Shape.Length && spacing.All(mm => mm is > 1e-6 and < 1e6));
        var isWrong = shapeFault != "its shape" || (kind != "lines" && (spacing.Length != pair.Shape.Length || !spacing.All(mm => mm > 0 && double.IsFinite(mm))));
        return new($"{kind} with {shapeFault} [{string.Join(", ", shape)}], spacing [{string.Join(", ", spacing)}]: {pair}", isWrong ? Expected.Refusal : isTame ? Expected.Value : Expected.Either, () =>
        {
            pair = pair with { Spacing = spacing };
            Action attack = kind switch { "distances" => () => Distances(pair, shape, isTame), "lines" => () => Lines(pair, shape), _ => () => Surfaces(pair, shape, isTame) };
            attack();
        });
    }

    private static void Distances(MaskPair pair, int[] shape, bool isTame)
    {
        var distances = Library.Value(() => DistanceTransform.Compute(pair.Target, shape, pair.Spacing));
        double[] Place(int pixel) => [.. MaskPair.Position(pixel, shape).Zip(pair.Spacing, (x, mm) => x * mm)];
        int[] inside = [.. Enumerable.Range(0, pair.Target.Length).Where(pixel => pair.Target[pixel])];
        for (var pixel = 0; isTame && pixel < distances.Length; pixel++)
        {
            var nearest = inside.Select(other => Math.Sqrt(Place(pixel).Zip(Place(other)).Sum(axis => Math.Pow(axis.First - axis.Second, 2)))).DefaultIfEmpty(double.PositiveInfinity).Min();
            Library.EnsureClose(distances[pixel], nearest, Tolerance.Of(ScalarType.Float64), $"the distance of pixel {pixel}");
        }
    }

    private static void Lines(MaskPair pair, int[] shape)
    {
        var lines = Library.Value(() => Thinning.Compute(pair.Target, shape));
        Library.Ensure(lines.Zip(pair.Target).All(pixel => !pixel.First || pixel.Second), "expected lines within the mask");
        Library.Ensure(PlainMasks.Components(shape, lines, faces: false).Count == PlainMasks.Components(shape, pair.Target, faces: false).Count, "expected as many lines as the mask has components");
        Library.Ensure(Library.Value(() => Thinning.Compute(lines, shape)).SequenceEqual(lines), "expected thin lines to stay");
    }

    private static void Surfaces(MaskPair pair, int[] shape, bool isTame)
    {
        var distances = Library.Value(() => SurfaceDistances.Compute(pair.Prediction, pair.Target, shape, pair.Spacing));
        if (isTame)
        {
            var plain = new PlainSurface(pair);
            Library.EnsureClose(distances.Hausdorff(), plain.Hausdorff(100), Tolerance.Of(ScalarType.Float64), "the Hausdorff distance");
            Library.EnsureClose(distances.AverageSymmetric, plain.AverageSymmetric, Tolerance.Of(ScalarType.Float64), "the average distance");
            Library.EnsureClose(distances.TargetOverlap(1), plain.TargetOverlap(1), Tolerance.Of(ScalarType.Float64), "the share of the target's surface");
            EnsureElements(distances.TargetDistances, distances.TargetSizes, plain.Target, "target");
            EnsureElements(distances.PredictionDistances, distances.PredictionSizes, plain.Prediction, "prediction");
        }
    }

    /// <summary>Elements of equal distances may come in any order: the sizes are compared by themselves, and the sum of the products tells whether each stands with its distance.</summary>
    private static void EnsureElements(ReadOnlySpan<double> distances, ReadOnlySpan<double> sizes, IReadOnlyList<(double Distance, double Size)> plain, string whose)
    {
        var (came, area) = (distances.ToArray(), sizes.ToArray());
        Library.EnsureClose(came, [.. plain.Select(element => element.Distance).Order()], Tolerance.Of(ScalarType.Float64), $"the ascending distances of the {whose}");
        Library.EnsureClose([.. area.Order()], [.. plain.Select(element => element.Size).Order()], Tolerance.Of(ScalarType.Float64), $"the sizes of the {whose}");
        Library.EnsureClose(came.Zip(area, (distance, size) => distance * size).Sum(), plain.Sum(element => element.Distance * element.Size), Tolerance.Of(ScalarType.Float64), $"distances times sizes of the {whose}");
    }
}
