using System.Numerics;
using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>The labels of a few consecutive pixels, checked: a class in range, or -1 where the pixel is ignored or padding.</summary>
internal static unsafe class LabelTile<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>All pixels of a vector are ignored.</summary>
    internal const int Ignored = -1;

    /// <summary>The pixels of a vector have several labels.</summary>
    internal const int Mixed = -2;

    /// <param name="job">Where the labels lie and what they may be.</param>
    /// <param name="image">The image.</param>
    /// <param name="channel">The channel, for labels that have channels.</param>
    /// <param name="pixel">The first pixel.</param>
    /// <param name="count">Pixels to read.</param>
    /// <param name="padded">Pixels to fill, a multiple of the vector.</param>
    /// <param name="index">The labels.</param>
    /// <param name="label">The labels as numbers of the kernel's type.</param>
    /// <param name="group">For each vector its common label, or <see cref="Ignored"/>, or <see cref="Mixed"/>.</param>
    /// <param name="isValid">Whether no pixel is ignored or padding.</param>
    /// <returns>False when a label is neither a class nor the ignore index.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool Read(RegionJob job, int image, int channel, long pixel, int count, int padded, int* index, T* label, int* group, out bool isValid)
    {
        var (labels, classes, ignore) = (job.Labels, job.Classes, job.IgnoreIndex);
        var (isGood, hasIgnored) = labels.Type switch
        {
            ElementType.Int64 when labels.PixelStride == 1 => Contiguous(labels.At<long>(image, channel, pixel), count, classes, ignore, index),
            ElementType.Int64 => Strided(labels.At<long>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            ElementType.Int32 => Strided(labels.At<int>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            ElementType.Int16 => Strided(labels.At<short>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            ElementType.Int8 => Strided(labels.At<sbyte>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
            _ => Strided(labels.At<byte>(image, channel, pixel), labels.PixelStride, count, classes, ignore, index),
        };
        new Span<int>(index + count, padded - count).Fill(-1);
        isValid = !hasIgnored && count == padded;
        Convert(index, label, padded);
        for (var i = 0; i < padded; i += TLanes.Count)
        {
            group[i / TLanes.Count] = TLanes.AllEqual(TLanes.Load(label + i), TLanes.Of(index[i])) ? index[i] : Mixed;
        }

        return isGood;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (bool IsGood, bool HasIgnored) Strided<TLabel>(TLabel* labels, long step, int count, int classes, long? ignoreIndex, int* index)
        where TLabel : unmanaged, IBinaryInteger<TLabel>
    {
        var (isGood, hasIgnored) = (true, false);
        var (ignores, ignored) = (ignoreIndex.HasValue, ignoreIndex.GetValueOrDefault());
        for (var i = 0; i < count; i++)
        {
            var value = long.CreateTruncating(labels[i * step]);
            var isIgnored = ignores && value == ignored;
            var isClass = (ulong)value < (ulong)classes && !isIgnored;
            index[i] = isClass ? (int)value : -1;
            hasIgnored |= !isClass;
            isGood &= isClass || isIgnored;
        }

        return (isGood, hasIgnored);
    }

    /// <summary>The usual labels, int64 in a row, several at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (bool IsGood, bool HasIgnored) Contiguous(long* labels, int count, int classes, long? ignoreIndex, int* index)
    {
        var width = Vector<long>.Count;
        var limit = new Vector<ulong>((ulong)classes);
        var ignored = new Vector<long>(ignoreIndex.GetValueOrDefault());
        var ignores = ignoreIndex.HasValue ? Vector<long>.AllBitsSet : Vector<long>.Zero;
        var (good, valid) = (Vector<long>.AllBitsSet, Vector<long>.AllBitsSet);
        var i = 0;
        for (; i + (2 * width) <= count; i += 2 * width)
        {
            var first = Unsafe.ReadUnaligned<Vector<long>>(labels + i);
            var second = Unsafe.ReadUnaligned<Vector<long>>(labels + i + width);
            var firstIgnored = Vector.Equals(first, ignored) & ignores;
            var secondIgnored = Vector.Equals(second, ignored) & ignores;
            var firstClass = Vector.AndNot(Vector.LessThan(Vector.AsVectorUInt64(first), limit).As<ulong, long>(), firstIgnored);
            var secondClass = Vector.AndNot(Vector.LessThan(Vector.AsVectorUInt64(second), limit).As<ulong, long>(), secondIgnored);
            good &= (firstClass | firstIgnored) & (secondClass | secondIgnored);
            valid &= firstClass & secondClass;

            // A class is below 2^31; all other labels become -1.
            var narrow = Vector.Narrow(first | ~firstClass, second | ~secondClass);
            Unsafe.WriteUnaligned(index + i, narrow);
        }

        var (restGood, restIgnored) = Strided(labels + i, 1, count - i, classes, ignoreIndex, index + i);
        return (restGood && good == Vector<long>.AllBitsSet, restIgnored || valid != Vector<long>.AllBitsSet);
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
        for (; next + Vector<int>.Count <= count; next += Vector<int>.Count)
        {
            Unsafe.WriteUnaligned((float*)label + next, Vector.ConvertToSingle(Unsafe.ReadUnaligned<Vector<int>>(index + next)));
        }

        for (; next < count; next++)
        {
            ((float*)label)[next] = index[next];
        }
    }
}
