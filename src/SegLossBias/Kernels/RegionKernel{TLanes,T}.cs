using System.Buffers;

namespace SegLossBias;

/// <inheritdoc/>
internal sealed unsafe class RegionKernel<TLanes, T> : RegionKernel
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    internal override string Name => TLanes.Name;

    internal override bool Forward(RegionJob job, Span<double> results)
    {
        var plan = TilePlan<TLanes, T>.For(job);
        var length = plan.Chunks * job.Results;
        var partial = ArrayPool<double>.Shared.Rent(length);
        partial.AsSpan(0, length).Clear();
        var hasWrongLabel = false;
        Chunks.Run(plan.Chunks, plan.Threads, plan.ScratchBytes, (chunk, scratch) =>
        {
            fixed (double* sums = &partial[chunk * job.Results])
            {
                if (!new TileWalk<TLanes, T>(job, plan, scratch).Forward(chunk, sums))
                {
                    Volatile.Write(ref hasWrongLabel, true);
                }
            }
        });

        // Always in the same order, so that the number of threads changes nothing.
        results.Clear();
        for (var chunk = 0; chunk < plan.Chunks; chunk++)
        {
            var image = results.Slice(chunk / plan.ChunksPerImage * job.Results, job.Results);
            for (var i = 0; i < image.Length; i++)
            {
                image[i] += partial[(chunk * job.Results) + i];
            }
        }

        ArrayPool<double>.Shared.Return(partial);
        return !hasWrongLabel;
    }

    internal override void Backward(RegionJob job, double[] upstream, PixelView gradient)
    {
        var plan = TilePlan<TLanes, T>.For(job);
        Chunks.Run(plan.Chunks, plan.Threads, plan.ScratchBytes, (chunk, scratch) =>
        {
            fixed (double* start = upstream)
            {
                new TileWalk<TLanes, T>(job, plan, scratch).Backward(chunk, start, gradient);
            }
        });
    }
}
