using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// One pass of a kernel over an input. Its results are the one layout of the statistics, [images, statistics + 1, 2K + B]:
/// for each statistic, then for the target sizes, a row of foregrounds, backgrounds and instances.
/// </summary>
internal sealed class FusedPass
{
    private readonly FusedInput _input;
    private readonly InstanceSizes? _instances;

    /// <exception cref="ArgumentException">A label is neither a class nor the ignore index.</exception>
    internal FusedPass(FusedInput input, RegionRequest request)
    {
        (_input, Request) = (input, request);
        var job = input.Job(Request);
        (Rows, RowLength) = (Request.Statistics.Count + 1, job.RowLength);
        Results = new double[checked((long)job.Images * Rows * RowLength)];
        if (!RegionKernel.For(job.Logits.Type).Forward(job, Results))
        {
            input.ThrowAtWrongLabel();
        }

        if (input.InstanceClasses is { } classes)
        {
            _instances = InstanceSizes.For(Request, input.Classes, classes, input.InstanceCount);
            _instances?.Fill(Results);
        }

        GC.KeepAlive(input);
    }

    internal RegionRequest Request { get; }

    internal double[] Results { get; }

    /// <summary>Statistics, and the target sizes.</summary>
    internal int Rows { get; }

    /// <summary>Numbers in a row: foregrounds, backgrounds and instances.</summary>
    internal int RowLength { get; }

    /// <summary>The gradient with respect to the logits, in their dtype and memory format.</summary>
    /// <param name="logits">The logits of the forward pass.</param>
    /// <param name="target">Its other tensors.</param>
    /// <param name="upstream">The gradient of <see cref="Results"/>.</param>
    internal Tensor Gradient(Tensor logits, Tensor[] target, double[] upstream)
    {
        var gradient = empty_like(logits);
        if (PixelMemory.View(gradient, hasChannels: true) is not { } memory)
        {
            gradient = empty(logits.shape, logits.dtype, logits.device);
            memory = PixelMemory.View(gradient, hasChannels: true)!.Value;
        }

        upstream = _instances?.Move(upstream) ?? upstream;
        HugePages.Default.Advise(memory.Start, gradient.numel() * gradient.element_size());
        var request = Needed(upstream);
        var job = _input.Job(request, logits, target);
        RegionKernel.For(job.Logits.Type).Backward(job, Narrow(upstream, request), memory);
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return gradient;
    }

    /// <summary>
    /// The statistics that need a backward pass: those whose upstream gradient is not 0 everywhere, as that of a term with λ = 0 is.
    /// Where wrong numbers of a map are not errors, their pixels are ignored, and so must they be in backward.
    /// </summary>
    internal RegionRequest Needed(double[] upstream)
    {
        var needed = new List<RegionStatistic>(Request.Statistics.Count);
        for (var place = 0; place < Request.Statistics.Count; place++)
        {
            if (IsNeeded(upstream, place) || (Request.Statistics[place].Map is not null && !_input.ChecksLabels))
            {
                needed.Add(Request.Statistics[place]);
            }
        }

        return needed.Count == Request.Statistics.Count ? Request : new RegionRequest(needed);
    }

    private bool IsNeeded(double[] upstream, int place)
    {
        for (var start = place * RowLength; start < upstream.Length; start += Rows * RowLength)
        {
            if (upstream.AsSpan(start, RowLength).ContainsAnyExcept(0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The upstream gradient of fewer statistics.</summary>
    private double[] Narrow(double[] upstream, RegionRequest request)
    {
        if (request == Request)
        {
            return upstream;
        }

        var (images, rows) = (upstream.Length / (Rows * RowLength), request.Statistics.Count + 1);
        var narrow = new double[images * rows * RowLength];
        for (var place = 0; place < request.Statistics.Count; place++)
        {
            var from = Request.PlaceOf(request.Statistics[place]);
            for (var image = 0; image < images; image++)
            {
                upstream.AsSpan(((image * Rows) + from) * RowLength, RowLength).CopyTo(narrow.AsSpan(((image * rows) + place) * RowLength));
            }
        }

        return narrow;
    }
}
