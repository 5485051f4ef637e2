namespace SegLossBias.Experiments.Data;

/// <summary>One of the windows that cover an axis, and how much each of its voxels counts.</summary>
/// <param name="Start">First voxel; negative where the axis is shorter than the window.</param>
/// <param name="From">First voxel that lies in the volume.</param>
/// <param name="Weights">Of the voxels from there on; at every voxel the weights of all windows add up to 1.</param>
internal sealed record Window(long Start, long From, float[] Weights);

/// <summary>Overlapping windows along one axis, weighted by a Gaussian.</summary>
/// <remarks>
/// Windows form a grid, so the weight of a box is the product of its weights along the three axes, and the boxes' weights
/// add up to 1 at every voxel as the axes' do. Standard deviation an eighth of the window, as in nnU-Net (Isensee et al.,
/// Nature Methods 2021) and MONAI.
/// </remarks>
internal static class Windows
{
    /// <summary>Least weight of a voxel before the weights are made to add up to 1; the centre's is 1.</summary>
    private const double LeastWeight = 1e-3;

    /// <param name="extent">Voxels of the axis.</param>
    /// <param name="size">Voxels of a window.</param>
    /// <param name="overlap">Share of a window that it has in common with the next one at least, from 0 up to but not 1.</param>
    public static IReadOnlyList<Window> Along(long extent, long size, double overlap)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(overlap, 1);
        var starts = Starts(extent, size, Math.Max(1, (long)((size * (1 - overlap)) + 1e-9)));
        var total = new double[extent];
        foreach (var start in starts)
        {
            var (from, to) = Patch.Inside(start, size, extent);
            for (var voxel = from; voxel < to; voxel++)
            {
                total[voxel] += Weight(voxel - start, size);
            }
        }

        return [.. starts.Select(start =>
        {
            var (from, to) = Patch.Inside(start, size, extent);
            var weights = new float[to - from];
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = (float)(Weight(from + i - start, size) / total[from + i]);
            }

            return new Window(start, from, weights);
        })];
    }

    /// <summary>First voxels of as few evenly spaced windows as a step of <paramref name="step"/> at most allows, the last one flush with the end.</summary>
    public static long[] Starts(long extent, long size, long step)
    {
        if (extent <= size)
        {
            return [Patch.StartAround(0, extent, size)];
        }

        var gaps = (extent - size + step - 1) / step;
        return [.. Enumerable.Range(0, (int)gaps + 1).Select(i => i * (extent - size) / gaps)];
    }

    private static double Weight(long position, long size)
    {
        var distance = (position - ((size - 1) / 2.0)) / (size / 8.0);
        return Math.Max(LeastWeight, Math.Exp(-0.5 * distance * distance));
    }
}
