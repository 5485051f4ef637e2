namespace SegLossBias;

/// <summary>
/// The predicted sizes of instances. In the domain of instance b of class c, which is all pixels but those of other instances of c,
/// the prediction of c has the size P_c − I_c + I_b: what is predicted outside the true region, and the overlap with b.
/// </summary>
/// <param name="size">The place of the predicted size with τ = 1.</param>
/// <param name="overlap">The place of the overlap.</param>
/// <param name="rows">Rows of an image.</param>
/// <param name="channels">K.</param>
/// <param name="classes">The class of each instance, [images, instances].</param>
/// <param name="count">Instances of an image.</param>
internal sealed class InstanceSizes(int size, int overlap, int rows, int channels, long[] classes, int count)
{
    private int RowLength => (2 * channels) + count;

    /// <summary>Those of a request; null where it has no predicted size.</summary>
    internal static InstanceSizes? For(RegionRequest request, int channels, long[] classes, int count) =>
        Array.IndexOf(request.Temperatures, 1) is var size and >= 0 && count > 0
            ? new(size, request.Overlap, request.Statistics.Count + 1, channels, classes, count)
            : null;

    /// <summary>Sets the instances of the predicted size.</summary>
    internal void Fill(double[] results) => ForEach((sizes, overlaps, c, instance) =>
        results[sizes + instance] = results[sizes + c] - results[overlaps + c] + results[overlaps + instance]);

    /// <summary>The upstream gradient of what the kernel gathers: that of the instances' sizes is moved to where they come from.</summary>
    internal double[] Move(double[] upstream)
    {
        var moved = upstream.ToArray();
        ForEach((sizes, overlaps, c, instance) =>
        {
            var slope = upstream[sizes + instance];
            moved[sizes + instance] = 0;
            moved[sizes + c] += slope;
            moved[overlaps + c] -= slope;
            moved[overlaps + instance] += slope;
        });
        return moved;
    }

    /// <summary>Calls with where the rows of an image begin, the class of an instance and its column.</summary>
    private void ForEach(Action<int, int, int, int> action)
    {
        for (var i = 0; i < classes.Length; i++)
        {
            var first = i / count * rows * RowLength;

            // The class of an instance that an image does not have may be any number.
            action(first + (size * RowLength), first + (overlap * RowLength), (int)Math.Clamp(classes[i], 0, channels - 1), (2 * channels) + (i % count));
        }
    }
}
