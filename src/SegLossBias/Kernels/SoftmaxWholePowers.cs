using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>
/// The powers of two softmaxes from one exponential. With τ a whole number, exp(τ(z − max)) is a product of exp(z − max), which
/// the statistics with τ = 1 want anyway. At most four products take the place of an exponential, which is eleven operations.
/// </summary>
internal static unsafe class SoftmaxWholePowers<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Whether this is a τ that has such products. Beyond 10 their error, τ times that of the power, would be too large.</summary>
    internal static bool Has(double temperature) => temperature is >= 2 and <= 10 && double.IsInteger(temperature);

    /// <summary>The same as <see cref="SoftmaxPowers{TLanes, T}.Set"/> for τ = 1, with lower, and for a τ that <see cref="Has"/> says, whose powers are kept.</summary>
    /// <typeparam name="TKeep">Whether the powers with τ = 1 are kept.</typeparam>
    /// <typeparam name="TMean">Whether mean is wanted for τ = 1.</typeparam>
    /// <typeparam name="TTemperedMean">Whether mean is wanted for τ.</typeparam>
    /// <param name="tile">Has logits and their maximum; its softmax with τ = 1 is set.</param>
    /// <param name="tempered">The softmax with τ is set too.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="count">Pixels, a multiple of two vectors.</param>
    /// <param name="next">What the next tile will read.</param>
    internal static void Set<TKeep, TMean, TTemperedMean>(in Tile<TLanes, T> tile, in TileSoftmax<T> tempered, double temperature, int count, NextTile next)
        where TKeep : IFlag
        where TMean : IFlag
        where TTemperedMean : IFlag
    {
        switch (temperature)
        {
            case 2:
                Set<TKeep, TMean, TTemperedMean, Power2>(tile, tempered, count, next);
                break;
            case 3:
                Set<TKeep, TMean, TTemperedMean, Power3>(tile, tempered, count, next);
                break;
            case 4:
                Set<TKeep, TMean, TTemperedMean, Power4>(tile, tempered, count, next);
                break;
            case 5:
                Set<TKeep, TMean, TTemperedMean, Power5>(tile, tempered, count, next);
                break;
            case 6:
                Set<TKeep, TMean, TTemperedMean, Power6>(tile, tempered, count, next);
                break;
            case 7:
                Set<TKeep, TMean, TTemperedMean, Power7>(tile, tempered, count, next);
                break;
            case 8:
                Set<TKeep, TMean, TTemperedMean, Power8>(tile, tempered, count, next);
                break;
            case 9:
                Set<TKeep, TMean, TTemperedMean, Power9>(tile, tempered, count, next);
                break;
            default:
                Set<TKeep, TMean, TTemperedMean, Power10>(tile, tempered, count, next);
                break;
        }
    }

    private static void Set<TKeep, TMean, TTemperedMean, TPower>(in Tile<TLanes, T> tile, in TileSoftmax<T> tempered, int count, NextTile next)
        where TKeep : IFlag
        where TMean : IFlag
        where TTemperedMean : IFlag
        where TPower : IWholePower
    {
        var block = ClassBlock.Length(tile.Rows);
        for (var first = 0; first < tile.Rows; first += block)
        {
            AddBlock<TKeep, TMean, TTemperedMean, TPower>(tile, tempered, first, Math.Min(first + block, tile.Rows), count, next);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBlock<TKeep, TMean, TTemperedMean, TPower>(in Tile<TLanes, T> tile, in TileSoftmax<T> tempered, int firstClass, int endClass, int count, NextTile next)
        where TKeep : IFlag
        where TMean : IFlag
        where TTemperedMean : IFlag
        where TPower : IWholePower
    {
        var (classes, stride) = (endClass - firstClass, tile.Stride);
        var logitStride = tile.LogitStride;
        var (isFirst, isLast) = (firstClass == 0, endClass == tile.Rows);
        var skipped = (long)firstClass * stride;
        T* z = tile.Logits + (firstClass * logitStride), max = tile.Max, e = tile.Softmax.Powers + skipped, temperedE = tempered.Powers + skipped;
        T* upstream = tile.Softmax.Upstream + firstClass, temperedUpstream = tempered.Upstream + firstClass;
        var (nextStart, nextStride) = next.From(firstClass);
        var scale = TLanes.Of(LaneMath<TLanes, T>.Log2E);
        var width = TLanes.Count;
        for (var i = 0; i < count; i += 2 * width)
        {
            var (firstMax, secondMax) = (TLanes.Load(max + i), TLanes.Load(max + i + width));
            TLanes firstSum = default, secondSum = default, firstLower = default, secondLower = default, firstMean = default, secondMean = default;
            TLanes firstTemperedLower = default, secondTemperedLower = default, firstTemperedMean = default, secondTemperedMean = default;
            var from = z + i;
            var to = e + i;
            var toTempered = temperedE + i;
            var ahead = (byte*)nextStart + ((long)i * sizeof(T));
            for (var k = 0; k < classes; k++)
            {
                if (nextStart != 0)
                {
                    SoftmaxPowers<TLanes, T>.Prefetch(ahead, 2 * width * sizeof(T));
                    ahead += nextStride;
                }

                var (firstZ, secondZ) = (TLanes.Load(from), TLanes.Load(from + width));
                var first = LaneMath<TLanes, T>.Power2(firstZ - firstMax, scale);
                var second = LaneMath<TLanes, T>.Power2(secondZ - secondMax, scale);
                firstSum += first;
                secondSum += second;
                firstLower = TLanes.AddWhereLess(firstLower, firstZ, firstMax, first);
                secondLower = TLanes.AddWhereLess(secondLower, secondZ, secondMax, second);
                if (TKeep.IsSet)
                {
                    TLanes.Store(to, first);
                    TLanes.Store(to + width, second);
                    to += stride;
                }

                if (TMean.IsSet)
                {
                    var factor = TLanes.Broadcast(upstream[k]);
                    firstMean = TLanes.MultiplyAdd(first, factor, firstMean);
                    secondMean = TLanes.MultiplyAdd(second, factor, secondMean);
                }

                first = LaneMath<TLanes, T>.WholePower<TPower>(first);
                second = LaneMath<TLanes, T>.WholePower<TPower>(second);
                firstTemperedLower = TLanes.AddWhereLess(firstTemperedLower, firstZ, firstMax, first);
                secondTemperedLower = TLanes.AddWhereLess(secondTemperedLower, secondZ, secondMax, second);
                TLanes.Store(toTempered, first);
                TLanes.Store(toTempered + width, second);
                toTempered += stride;
                if (TTemperedMean.IsSet)
                {
                    var factor = TLanes.Broadcast(temperedUpstream[k]);
                    firstTemperedMean = TLanes.MultiplyAdd(first, factor, firstTemperedMean);
                    secondTemperedMean = TLanes.MultiplyAdd(second, factor, secondTemperedMean);
                }

                from += logitStride;
            }

            if (!isFirst)
            {
                Add(tile.Softmax.Sum + i, ref firstSum, ref secondSum);
                Add(tile.Softmax.Lower + i, ref firstLower, ref secondLower);
                Add(tempered.Lower + i, ref firstTemperedLower, ref secondTemperedLower);
                if (TMean.IsSet)
                {
                    Add(tile.Softmax.Mean + i, ref firstMean, ref secondMean);
                }

                if (TTemperedMean.IsSet)
                {
                    Add(tempered.Mean + i, ref firstTemperedMean, ref secondTemperedMean);
                }
            }

            Store(tile.Softmax.Lower + i, firstLower, secondLower);
            Store(tempered.Lower + i, firstTemperedLower, secondTemperedLower);
            if (isLast)
            {
                // What is not lower is 1 for each largest logit, with either temperature.
                var first = LaneMath<TLanes, T>.Round(firstSum - firstLower);
                var second = LaneMath<TLanes, T>.Round(secondSum - secondLower);
                (firstSum, secondSum) = (firstLower + first, secondLower + second);
                Store(tempered.Sum + i, firstTemperedLower + first, secondTemperedLower + second);
            }

            Store(tile.Softmax.Sum + i, firstSum, secondSum);
            if (TMean.IsSet)
            {
                Store(tile.Softmax.Mean + i, firstMean, secondMean);
            }

            if (TTemperedMean.IsSet)
            {
                Store(tempered.Mean + i, firstTemperedMean, secondTemperedMean);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T* source, ref TLanes first, ref TLanes second)
    {
        first += TLanes.Load(source);
        second += TLanes.Load(source + TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* target, TLanes first, TLanes second)
    {
        TLanes.Store(target, first);
        TLanes.Store(target + TLanes.Count, second);
    }
}
