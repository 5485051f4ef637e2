using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Generated pictures in the manner of fundus photographs, with dark red lesions as the foreground.</summary>
/// <remarks>
/// Each picture has lesions on 0.05 % to 6 % of its pixels (log-uniform, 1.2 % on average) and things that only resemble
/// them: a dark macula, vessels, dark blotches without the lesions' red hue, bright exudates and the optic disc.
/// Picture i of a seed does not depend on how many are made.
/// </remarks>
internal static class SyntheticFundus
{
    public const double SmallestShare = 0.0005;
    public const double LargestShare = 0.06;

    /// <summary>Generated cases: [3,size,size] with labels [size,size], 1 on lesions.</summary>
    public static IReadOnlyList<Case> Cases(string name, int count, int size, int seed)
    {
        var pixels = new byte[count][];
        var masks = new byte[count][];
        Parallel.For(0, count, i =>
        {
            (pixels[i], masks[i]) = (new byte[3 * size * size], new byte[size * size]);
            Paint(RandomOf(seed, i), size, pixels[i], masks[i]);
        });
        return [.. Enumerable.Range(0, count).Select(i => new Case(
            Name(name, i), tensor(pixels[i], [3, size, size]), tensor(masks[i], [size, size]), [1, 1]))];
    }

    private static string Name(string set, int i) => FormattableString.Invariant($"{set}-{i:D3}");

    private static Random RandomOf(int seed, int i) => new(unchecked((seed * 7919) + (i * 104729)));

    private static void Paint(Random random, int size, Span<byte> pixels, Span<byte> mask)
    {
        var canvas = new Canvas(size, random);
        var disc = (X: random.Next(2) == 0 ? 0.24 : 0.76, Y: 0.5 + canvas.Between(-0.06, 0.06));
        canvas.Retina();
        canvas.Blob(0.5 + (0.3 * (0.5 - disc.X)), disc.Y, 0.12, [-0.10, -0.08, -0.05]);
        canvas.Blob(disc.X, disc.Y, canvas.Between(0.06, 0.08), [0.25, 0.32, 0.15]);
        for (var vessels = random.Next(4, 7); vessels > 0; vessels--)
        {
            canvas.Vessel(disc.X, disc.Y);
        }

        for (var blotches = random.Next(1, 4); blotches > 0; blotches--)
        {
            canvas.Blob(canvas.Between(0.2, 0.8), canvas.Between(0.2, 0.8), canvas.Between(0.02, 0.06), [-0.16, -0.05, -0.02]);
        }

        for (var exudates = random.Next(0, 5); exudates > 0; exudates--)
        {
            canvas.Blob(canvas.Between(0.2, 0.8), canvas.Between(0.2, 0.8), canvas.Between(0.01, 0.02), [0.12, 0.22, 0.08]);
        }

        var share = SmallestShare * Math.Pow(LargestShare / SmallestShare, random.NextDouble());
        canvas.Lesions(share, mask);
        canvas.Develop(pixels);
    }
}
