using System.Numerics;

namespace SegLossBias.Tests.Metrics;

/// <summary>The definitions in loops: every cell is looked at, every pair of elements measured, every metric summed anew.</summary>
internal sealed class PlainSurface
{
    private readonly List<(double Distance, double Size)> _target;
    private readonly List<(double Distance, double Size)> _prediction;

    internal PlainSurface(MaskPair pair)
    {
        var (target, prediction) = (Elements(pair, pair.Target), Elements(pair, pair.Prediction));
        _target = WithDistance(target, prediction);
        _prediction = WithDistance(prediction, target);
    }

    internal IReadOnlyList<(double Distance, double Size)> Target => _target;

    internal IReadOnlyList<(double Distance, double Size)> Prediction => _prediction;

    internal double TargetTotal => _target.Sum(element => element.Size);

    internal double AverageTargetToPrediction => Average(_target);

    internal double AveragePredictionToTarget => Average(_prediction);

    internal double AverageSymmetric => Average([.. _target, .. _prediction]);

    internal double Nsd(double tolerance) => Share([.. _target, .. _prediction], tolerance);

    internal double TargetOverlap(double tolerance) => Share(_target, tolerance);

    internal double PredictionOverlap(double tolerance) => Share(_prediction, tolerance);

    internal double Hausdorff(double percentile) => Math.Max(Percentile(_target, percentile), Percentile(_prediction, percentile));

    private static double Average(List<(double Distance, double Size)> elements) =>
        elements.Count == 0 ? double.NaN : elements.Sum(element => element.Distance * element.Size) / elements.Sum(element => element.Size);

    private static double Share(List<(double Distance, double Size)> elements, double tolerance) =>
        elements.Count == 0 ? double.NaN : elements.Where(element => element.Distance <= tolerance).Sum(element => element.Size) / elements.Sum(element => element.Size);

    private static double Percentile(List<(double Distance, double Size)> elements, double percentile) =>
        elements.Count == 0
            ? double.PositiveInfinity
            : elements.Select(element => element.Distance).Where(distance => percentile >= 100 - 1e-9
                ? elements.All(element => element.Distance <= distance)
                : Share(elements, distance) >= (percentile / 100) - 1e-12).Min();

    private static List<(double Distance, double Size)> WithDistance(List<(double[] Place, double Size)> from, List<(double[] Place, double Size)> to) =>
        [.. from.Select(element => (to.Count == 0 ? double.PositiveInfinity : to.Min(other => Distance(element.Place, other.Place)), element.Size))];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second)));

    private static List<(double[] Place, double Size)> Elements(MaskPair pair, bool[] mask)
    {
        var axes = pair.Shape.Length;
        var cells = new List<(double[], double)>();
        for (var flat = 0; flat < pair.Shape.Aggregate(1, (product, size) => product * (size + 1)); flat++)
        {
            var cell = MaskPair.Position(flat, [.. pair.Shape.Select(size => size + 1)]);
            var code = 0;
            for (var corner = 0; corner < 1 << axes; corner++)
            {
                var pixel = cell.Select((place, axis) => place - (corner >> (axes - 1 - axis) & 1)).ToArray();
                code |= (IsInside(pair.Shape, mask, pixel) ? 1 : 0) << corner;
            }

            if (code != 0 && code != (1 << (1 << axes)) - 1)
            {
                cells.Add(([.. cell.Select((place, axis) => place * pair.Spacing[axis])], ElementSize(code, pair.Spacing)));
            }
        }

        return cells;
    }

    private static bool IsInside(int[] shape, bool[] mask, int[] pixel)
    {
        var flat = 0;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (pixel[axis] < 0 || pixel[axis] >= shape[axis])
            {
                return false;
            }

            flat = (flat * shape[axis]) + pixel[axis];
        }

        return mask[flat];
    }

    /// <summary>The published normals of one code of each kind, in eighths; every other code is one of them turned or mirrored.</summary>
    private static readonly Dictionary<int, string> Normals = new()
    {
        [1] = "111", [3] = "220 220", [6] = "111 111", [24] = "111 111",
        [7] = "400 222 111", [25] = "022 022 111", [22] = "111 111 111",
        [15] = "400 400", [23] = "111 222 222 111", [27] = "111 333 022 202", [30] = "400 111 222 111", [60] = "220 220 220 220", [105] = "111 111 111 111",
    };

    internal static double ElementSize(int code, double[] spacing)
    {
        if (spacing.Length == 2)
        {
            return (BitOperations.PopCount((uint)code), code) switch
            {
                (2, 3 or 12) => spacing[1],
                (2, 5 or 10) => spacing[0],
                (2, _) => Math.Sqrt((spacing[0] * spacing[0]) + (spacing[1] * spacing[1])),
                _ => Math.Sqrt((spacing[0] * spacing[0]) + (spacing[1] * spacing[1])) / 2,
            };
        }

        var smaller = BitOperations.PopCount((uint)code) <= 4 ? code : 255 - code;
        foreach (var order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            for (var mirror = 0; mirror < 8; mirror++)
            {
                if (Normals.TryGetValue(Turned(smaller, order, mirror), out var normals))
                {
                    return normals.Split(' ').Sum(normal => Norm(normal, order, spacing));
                }
            }
        }

        throw new InvalidOperationException($"code {code} is of no kind");
    }

    /// <summary>The code in other axes: axis a of the result is axis order[a] of the given one.</summary>
    private static int Turned(int code, int[] order, int mirror)
    {
        var turned = 0;
        for (var corner = 0; corner < 8; corner++)
        {
            var from = 0;
            for (var axis = 0; axis < 3; axis++)
            {
                from |= (corner >> (2 - axis) & 1) << (2 - order[axis]);
            }

            turned |= (code >> (from ^ mirror) & 1) << corner;
        }

        return turned;
    }

    private static double Norm(string normal, int[] order, double[] spacing)
    {
        var sum = 0.0;
        for (var axis = 0; axis < 3; axis++)
        {
            var face = spacing[0] * spacing[1] * spacing[2] / spacing[order[axis]];
            sum += Math.Pow((normal[axis] - '0') / 8.0 * face, 2);
        }

        return Math.Sqrt(sum);
    }
}
