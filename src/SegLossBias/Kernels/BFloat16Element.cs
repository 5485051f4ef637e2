using System.Numerics;
using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>bfloat16: the upper half of a float32.</summary>
internal readonly unsafe struct BFloat16Element : IElement<ushort, float>
{
    private const uint NaN = 0x7FC0;

    public static float Widen(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    public static ushort Narrow(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)(float.IsNaN(value) ? NaN : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* source, float* target, int count)
    {
        var i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(source + i), out var low, out var high);
            Unsafe.WriteUnaligned(target + i, low << 16);
            Unsafe.WriteUnaligned(target + i + Vector<uint>.Count, high << 16);
        }

        for (; i < count; i++)
        {
            target[i] = Widen(source[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(float* source, ushort* target, int count)
    {
        var i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            var low = Round(Unsafe.ReadUnaligned<Vector<float>>(source + i));
            var high = Round(Unsafe.ReadUnaligned<Vector<float>>(source + i + Vector<float>.Count));
            Unsafe.WriteUnaligned(target + i, Vector.Narrow(low, high));
        }

        for (; i < count; i++)
        {
            target[i] = Narrow(source[i]);
        }
    }

    private static Vector<uint> Round(Vector<float> value)
    {
        var bits = Vector.AsVectorUInt32(value);
        var rounded = (bits + new Vector<uint>(0x7FFF) + ((bits >> 16) & Vector<uint>.One)) >> 16;
        return Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.Equals(value, value)), rounded, new Vector<uint>(NaN));
    }
}
