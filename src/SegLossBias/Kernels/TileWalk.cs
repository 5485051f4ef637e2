using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>Takes one thread through the tiles of a chunk.</summary>
internal readonly unsafe ref partial struct TileWalk<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>A gradient of more bytes than this is written around the caches, which could not hold it.</summary>
    private const long LargerThanCaches = 4 << 20;

    private readonly RegionJob _job;
    private readonly TilePlan<TLanes, T> _plan;
    private readonly Tile<TLanes, T> _tile;
    private readonly GeneralTile<T> _general;
    private readonly FocalShape _softmaxFocal;
    private readonly FocalShape _oneVsRestFocal;

    /// <param name="job">What to read.</param>
    /// <param name="plan">How it is cut.</param>
    /// <param name="scratch">Memory of this thread.</param>
    internal TileWalk(RegionJob job, TilePlan<TLanes, T> plan, byte* scratch)
    {
        (_job, _plan, _tile) = (job, plan, new Tile<TLanes, T>(plan.Shape, scratch));
        _softmaxFocal = FocalOf(job.Request.SoftmaxFocal);
        _oneVsRestFocal = FocalOf(job.Request.OneVsRestFocal);
        if (plan.General is { } general)
        {
            _general = new(plan.Shape, general, scratch + Tile<TLanes, T>.Bytes(plan.Shape));
        }
    }

    /// <summary>Adds the statistics of the chunk's pixels; false when a label is wrong.</summary>
    /// <param name="chunk">Which.</param>
    /// <param name="sums">The numbers of the chunk's first image, then those of its other images.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool Forward(int chunk, double* sums)
    {
        var (image, lastImage) = Images(chunk);
        var isGood = true;
        for (; image < lastImage; image++, sums += _job.Results)
        {
            var (first, last) = Pixels(chunk);
            for (var pixel = first; pixel < last; pixel += _plan.TilePixels)
            {
                var count = (int)Math.Min(_plan.TilePixels, last - pixel);
                isGood &= _plan.General is not null ? ForwardGeneral(image, pixel, count, last, sums) : _job.Mode switch
                {
                    KernelMode.Softmax when _plan.IsOneVsRestAlone => ForwardOneVsRest(image, pixel, count, last, sums),
                    KernelMode.Softmax => ForwardSoftmax(image, pixel, count, last, sums),
                    KernelMode.TwoClassSoftmax => ForwardTwoClass(image, pixel, count, sums),
                    _ => ForwardSigmoid(image, pixel, count, last, sums),
                };
            }
        }

        return isGood;
    }

    /// <summary>Writes the gradient of the chunk's pixels.</summary>
    /// <param name="chunk">Which.</param>
    /// <param name="upstream">The numbers of all images.</param>
    /// <param name="gradient">Where to write.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Backward(int chunk, double* upstream, in PixelView gradient)
    {
        var (image, lastImage) = Images(chunk);
        for (; image < lastImage; image++)
        {
            BackwardImage(image, Pixels(chunk), upstream + ((long)image * _job.Results), gradient);
        }

        LogitTile<TLanes, T>.Fence();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BackwardImage(int image, (long First, long Last) range, double* upstream, in PixelView gradient)
    {
        var last = range.Last;
        var aroundCaches = (long)_job.Images * _job.Channels * _job.Pixels * sizeof(T) > LargerThanCaches;
        LoadSizeUpstream(upstream);
        for (var pixel = range.First; pixel < last; pixel += _plan.TilePixels)
        {
            var count = (int)Math.Min(_plan.TilePixels, last - pixel);
            if (_plan.General is not null)
            {
                BackwardGeneral(image, pixel, count, last, upstream, gradient, aroundCaches);
                continue;
            }

            switch (_job.Mode)
            {
                case KernelMode.Softmax when _plan.IsOneVsRestAlone:
                    BackwardOneVsRest(image, pixel, count, last, upstream, gradient, aroundCaches);
                    break;
                case KernelMode.Softmax:
                    BackwardSoftmax(image, pixel, count, last, upstream, gradient, aroundCaches);
                    break;
                case KernelMode.TwoClassSoftmax:
                    BackwardTwoClass(image, pixel, count, upstream, gradient, aroundCaches);
                    break;
                default:
                    for (var channel = 0; channel < _job.Channels; channel++)
                    {
                        BackwardSigmoid(image, channel, pixel, count, last, upstream);
                        LogitTile<TLanes, T>.Write(gradient, image, channel, pixel, 1, count, _tile.Gradient, _tile.Stride, aroundCaches);
                    }

                    break;
            }
        }
    }

    private (int First, int End) Images(int chunk)
    {
        var first = chunk / _plan.ChunksPerImage * _plan.ImagesPerChunk;
        return (first, Math.Min(_job.Images, first + _plan.ImagesPerChunk));
    }

    private (long First, long End) Pixels(int chunk)
    {
        var first = chunk % _plan.ChunksPerImage * _plan.ChunkPixels;
        return (first, Math.Min(_job.Pixels, first + _plan.ChunkPixels));
    }

    private FocalShape FocalOf(int place) => place < 0 ? default : FocalShape.Of(_job.Request.Statistics[place], _job.Channels);

    /// <summary>The numbers of a statistic, one for each channel.</summary>
    private double* Foreground(double* numbers, int place) => numbers + ((long)place * _job.RowLength);

    private double* Background(double* numbers, int place) => Foreground(numbers, place) + _job.Channels;

    private double* Targets(double* sums) => Foreground(sums, _job.Request.Statistics.Count);

    private TrueClassSums TrueClassSumsOf(double* numbers, int focal)
    {
        var request = _job.Request;
        return new(
            request.Overlap < 0 ? null : Foreground(numbers, request.Overlap),
            request.NegativeLogLikelihood < 0 ? null : Foreground(numbers, request.NegativeLogLikelihood),
            focal < 0 ? null : Foreground(numbers, focal));
    }

    /// <summary>Pixels of a tile rounded up to two vectors, which the stages of the softmax take at once.</summary>
    private static int PaddedCount(int count) => (count + (2 * TLanes.Count) - 1) / (2 * TLanes.Count) * (2 * TLanes.Count);

    /// <summary>Reads the labels of a tile; the logits of ignored pixels are zeroed, so that not even a NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadTile(int image, int channel, int channels, long pixel, int count)
    {
        var padded = PaddedCount(count);
        var isGood = LabelTile<TLanes, T>.Read(_job, image, channel, pixel, count, padded, _tile, out var isValid);
        LogitTile<TLanes, T>.Read(_job.Logits, image, channel, pixel, channels, count, padded, _tile.Logits, _tile.Stride);
        if (!isValid)
        {
            LogitTile<TLanes, T>.ZeroIgnored(_tile.Logits, channels, _tile.Stride, padded, _tile.Label);
        }

        return isGood;
    }
}
