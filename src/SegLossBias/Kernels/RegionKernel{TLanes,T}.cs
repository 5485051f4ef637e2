using System.Buffers;

namespace SegLossBias;

/// <inheritdoc/>
internal sealed unsafe class RegionKernel<TLanes, T> : RegionKernel
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    internal override string Name => TLanes.Name;

    internal override bool Forward(RegionJob job, double[] results)
    {
        var plan = TilePlan<TLanes, T>.For(job);
        Array.Clear(results);
        if (plan.ChunksPerImage == 1)
        {
            return Run(job, plan, results, checked(plan.ImagesPerChunk * job.Results));
        }

        var length = checked(plan.Chunks * job.Results);
        var partial = ArrayPool<double>.Shared.Rent(length);
        partial.AsSpan(0, length).Clear();
        var isGood = Run(job, plan, partial, job.Results);

        // Always in the same order, so that the number of threads changes nothing.
        for (var chunk = 0; chunk < plan.Chunks; chunk++)
        {
            var image = results.AsSpan(chunk / plan.ChunksPerImage * job.Results, job.Results);
            for (var i = 0; i < image.Length; i++)
            {
                image[i] += partial[(chunk * job.Results) + i];
            }
        }

        ArrayPool<double>.Shared.Return(partial);
        return isGood;
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

    internal override bool Pixels(RegionJob job, PixelFactors factors, PixelView values)
    {
        var plan = TilePlan<TLanes, T>.For(job);
        var hasWrongLabel = false;
        Chunks.Run(plan.Chunks, plan.Threads, plan.ScratchBytes, (chunk, scratch) =>
        {
            if (!new TileWalk<TLanes, T>(job, plan, scratch).SetPixels(chunk, factors, values))
            {
                Volatile.Write(ref hasWrongLabel, true);
            }
        });
        return !hasWrongLabel;
    }

    internal override void PixelGradient(RegionJob job, PixelFactors factors, PixelView upstream, PixelView gradient)
    {
        var plan = TilePlan<TLanes, T>.For(job);
        Chunks.Run(plan.Chunks, plan.Threads, plan.ScratchBytes, (chunk, scratch) =>
            new TileWalk<TLanes, T>(job, plan, scratch).SetPixelGradient(chunk, factors, upstream, gradient));
    }

    /// <summary>Adds what each chunk finds to its numbers, which begin so many after those of the chunk before.</summary>
    private static bool Run(RegionJob job, TilePlan<TLanes, T> plan, double[] sums, int step)
    {
        var hasWrongLabel = false;
        Chunks.Run(plan.Chunks, plan.Threads, plan.ScratchBytes, (chunk, scratch) =>
        {
            fixed (double* start = sums)
            {
                if (!new TileWalk<TLanes, T>(job, plan, scratch).Forward(chunk, start + ((long)chunk * step)))
                {
                    Volatile.Write(ref hasWrongLabel, true);
                }
            }
        });
        return !hasWrongLabel;
    }
}
