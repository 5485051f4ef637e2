using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SegLossBias;

/// <summary>The labels of a few consecutive pixels, checked: a class in range, or -1 where the pixel is ignored or padding.</summary>
internal static unsafe class LabelTile<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>A pixel is ignored or padding, or all pixels of a vector are.</summary>
    internal const int Ignored = -1;

    /// <summary>The pixels of a vector have several labels.</summary>
    internal const int Mixed = -2;

    /// <param name="job">Where the labels lie and what they may be.</param>
    /// <param name="image">The image.</param>
    /// <param name="channel">The channel, for labels that have channels.</param>
    /// <param name="pixel">The first pixel.</param>
    /// <param name="count">Pixels to read.</param>
    /// <param name="padded">Pixels to fill, a multiple of the vector.</param>
    /// <param name="tile">Gets the labels, and their groups where the softmax will read them.</param>
    /// <param name="isValid">Whether no pixel is ignored or padding.</param>
    /// <returns>False when a label is neither a class nor the ignore index.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Read(RegionJob job, int image, int channel, long pixel, int count, int padded, in Tile<TLanes, T> tile, out bool isValid)
    {
        var (labels, classes, ignore) = (job.Labels, job.Classes, job.IgnoreIndex);
        T* label = tile.Label;
        int* index = tile.Index, group = tile.Group;
        var (isGood, hasIgnored) = labels.Type switch
        {
            ElementType.Int64 when labels.PixelStride == 1 && !(ignore >= 0 && ignore < classes) => Contiguous(labels.At<long>(image, channel, pixel), count, classes, ignore, index),
            ElementType.Int64 => Strided<long, No>(labels.At<long>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            ElementType.Int32 => Strided<int, No>(labels.At<int>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            ElementType.Int16 => Strided<short, No>(labels.At<short>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            ElementType.Int8 => Strided<sbyte, No>(labels.At<sbyte>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            ElementType.Bool => Strided<byte, Yes>(labels.At<byte>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            _ => Strided<byte, No>(labels.At<byte>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
        };
        new Span<int>(index + count, padded - count).Fill(Ignored);
        isValid = !hasIgnored && count == padded;
        Convert(index, label, padded);
        for (var i = 0; i < padded && job.Mode == KernelMode.Softmax; i += TLanes.Count)
        {
            group[i / TLanes.Count] = TLanes.AllEqual(TLanes.Load(label + i), TLanes.Of(index[i])) ? index[i] : Mixed;
        }

        return isGood;
    }

    /// <typeparam name="TLabel">What is stored.</typeparam>
    /// <typeparam name="TIsBool">Whether it is a bool: any byte but 0 is true then, as for libtorch.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (bool IsGood, bool HasIgnored) Strided<TLabel, TIsBool>(TLabel* labels, long step, int count, int classes, long? ignoreIndex, int* index)
        where TLabel : unmanaged, IBinaryInteger<TLabel>
        where TIsBool : IFlag
    {
        var (isGood, hasIgnored) = (true, false);
        var (ignores, ignored) = (ignoreIndex.HasValue, ignoreIndex.GetValueOrDefault());
        for (var i = 0; i < count; i++)
        {
            var stored = labels[i * step];
            var value = TIsBool.IsSet ? (TLabel.IsZero(stored) ? 0 : 1) : long.CreateTruncating(stored);
            var isIgnored = ignores && value == ignored;
            var isClass = (ulong)value < (ulong)classes && !isIgnored;
            index[i] = isClass ? (int)value : Ignored;
            hasIgnored |= !isClass;
            isGood &= isClass || isIgnored;
        }

        return (isGood, hasIgnored);
    }

    /// <summary>The usual labels, int64 in a row and no class ignored, several at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (bool IsGood, bool HasIgnored) Contiguous(long* labels, int count, int classes, long? ignoreIndex, int* index)
    {
        var limit = Vector512.Create((ulong)classes);

        // Without an ignore index 0 stands in its place: a class in any case.
        var ignored = Vector512.Create(ignoreIndex.GetValueOrDefault());
        var (good, valid) = (Vector512<long>.AllBitsSet, Vector512<long>.AllBitsSet);
        var i = 0;
        for (; i + 16 <= count; i += 16)
        {
            // The labels of the next tile, should it be read soon.
            Lines.Prefetch(labels + count + i);
            Lines.Prefetch(labels + count + i + 8);
            var first = Vector512.Load(labels + i);
            var second = Vector512.Load(labels + i + 8);
            var firstClass = Vector512.LessThan(first.AsUInt64(), limit).AsInt64();
            var secondClass = Vector512.LessThan(second.AsUInt64(), limit).AsInt64();
            good &= (firstClass | Vector512.Equals(first, ignored)) & (secondClass | Vector512.Equals(second, ignored));
            valid &= firstClass & secondClass;

            // A class is below 2^31; all other labels become -1, all bits set: Ignored.
            Vector512.Narrow(first | ~firstClass, second | ~secondClass).Store(index + i);
        }

        var (restGood, restIgnored) = Strided<long, No>(labels + i, 1, count - i, classes, ignoreIndex, index + i);
        return (restGood && good == Vector512<long>.AllBitsSet, restIgnored || valid != Vector512<long>.AllBitsSet);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert(int* index, T* label, int count)
    {
        if (typeof(T) == typeof(double))
        {
            for (var i = 0; i < count; i++)
            {
                ((double*)label)[i] = index[i];
            }

            return;
        }

        var next = 0;
        for (; next + 16 <= count; next += 16)
        {
            Vector512.ConvertToSingle(Vector512.Load(index + next)).Store((float*)label + next);
        }

        for (; next < count; next++)
        {
            ((float*)label)[next] = index[next];
        }
    }
}
