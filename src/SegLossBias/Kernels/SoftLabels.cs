using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The soft labels of a few consecutive pixels, checked. A pixel that is ignored or wrong gets the weight 0. Whole vectors pass
/// where all is well; other pixels are looked at one by one.
/// </summary>
internal static unsafe class SoftLabels<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Checks the labels of exclusive classes, a row each.</summary>
    /// <param name="job">What they may be.</param>
    /// <param name="labels">The rows.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="padded">Pixels, a multiple of the vector.</param>
    /// <param name="weight">Of each pixel.</param>
    /// <param name="next">The soft labels of the next tile.</param>
    /// <returns>False when a pixel that counts has a label outside [0, 1], or labels that do not add up to 1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool CheckExclusive(RegionJob job, T* labels, int stride, int padded, T* weight, NextTile next)
    {
        var (nextStart, nextStride) = next.From(0);
        var (isGood, one, width) = (true, TLanes.Of(1), TLanes.Count);
        var (tolerance, classes) = (TLanes.Of(job.SoftTolerance), job.Channels);
        var ignored = job.IgnoreIndex >= 0 && job.IgnoreIndex < job.Channels ? labels + (job.IgnoreIndex.Value * stride) : null;
        for (var i = 0; i < padded; i += width)
        {
            var row = labels + i;
            TLanes sum = default, most = default, least = default;
            var ahead = (byte*)nextStart + ((long)i * sizeof(T));
            for (var k = 0; k < classes; k++, row += stride)
            {
                if (nextStart != 0)
                {
                    SoftmaxPowers<TLanes, T>.Prefetch(ahead, width * sizeof(T));
                    ahead += nextStride;
                }

                var y = TLanes.Load(row);
                sum += y;
                most = TLanes.Max(y, most);
                least = TLanes.Max(-y, least);
            }

            // A NaN is in the sum.
            var gap = sum - one;
            var good = TLanes.SelectLess(TLanes.Max(gap, -gap), tolerance, one, default);
            good = TLanes.SelectLess(one + tolerance, most, default, TLanes.SelectLess(tolerance, least, default, good));
            if (ignored != null)
            {
                good = TLanes.SelectEqual(TLanes.Load(ignored + i), one, default, good);
            }

            for (var lane = i; lane < i + width && !TLanes.AllEqual(good, one); lane++)
            {
                isGood &= CheckPixel(job, labels + lane, stride, weight + lane);
            }
        }

        return isGood;
    }

    /// <summary>Checks the labels of one channel.</summary>
    /// <returns>False when an entry that counts is outside [0, 1].</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool CheckChannel(RegionJob job, T* labels, int padded, T* weight)
    {
        var (isGood, one) = (true, TLanes.Of(1));
        var (least, most) = (TLanes.Of(-job.SoftTolerance), TLanes.Of(1 + job.SoftTolerance));
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            var y = TLanes.Load(labels + i);
            var good = TLanes.SelectEqual(y, y, TLanes.SelectLess(most, y, default, TLanes.ZeroWhereLess(y, least, one)), default);
            if (job.IgnoreIndex is { } index)
            {
                good = TLanes.SelectEqual(y, TLanes.Of(index), default, good);
            }

            for (var lane = i; lane < i + TLanes.Count && !TLanes.AllEqual(good, one); lane++)
            {
                var value = RowMath<TLanes, T>.Value(labels[lane]);
                isGood &= Drop(weight + lane, isIgnored: value == job.IgnoreIndex, isWrong: !IsInRange(job, value));
            }
        }

        return isGood;
    }

    private static bool CheckPixel(RegionJob job, T* labels, int stride, T* weight)
    {
        var (isWrong, isIgnored, sum) = (false, job.IgnoreIndex is not null, 0.0);
        for (var k = 0; k < job.Channels; k++)
        {
            var value = RowMath<TLanes, T>.Value(labels[(long)k * stride]);
            isWrong |= !IsInRange(job, value);
            isIgnored &= value == job.IgnoreIndex;
            sum += value;
        }

        isIgnored |= job.IgnoreIndex >= 0 && job.IgnoreIndex < job.Channels && RowMath<TLanes, T>.Value(labels[job.IgnoreIndex.Value * stride]) == 1;
        return Drop(weight, isIgnored, isWrong || !(Math.Abs(sum - 1) < job.SoftTolerance));
    }

    private static bool IsInRange(RegionJob job, double value) => value >= -job.SoftTolerance && value <= 1 + job.SoftTolerance;

    /// <returns>False when the pixel counts and is wrong.</returns>
    private static bool Drop(T* weight, bool isIgnored, bool isWrong)
    {
        var counts = RowMath<TLanes, T>.Value(*weight) != 0;
        if (isIgnored || isWrong)
        {
            TLanes.StoreOne(weight, 0);
        }

        return !counts || isIgnored || !isWrong;
    }
}
