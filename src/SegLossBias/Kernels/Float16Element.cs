using System.Numerics;
using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>float16: 1 sign, 5 exponent and 10 mantissa bits.</summary>
internal readonly unsafe struct Float16Element : IElement<ushort, float>
{
    public static float Widen(ushort value) => (float)BitConverter.UInt16BitsToHalf(value);

    public static ushort Narrow(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* source, float* target, int count)
    {
        var i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(source + i), out var low, out var high);
            Unsafe.WriteUnaligned(target + i, Widen(low));
            Unsafe.WriteUnaligned(target + i + Vector<uint>.Count, Widen(high));
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
            var low = Narrow(Unsafe.ReadUnaligned<Vector<float>>(source + i));
            var high = Narrow(Unsafe.ReadUnaligned<Vector<float>>(source + i + Vector<float>.Count));
            Unsafe.WriteUnaligned(target + i, Vector.Narrow(low, high));
        }

        for (; i < count; i++)
        {
            target[i] = Narrow(source[i]);
        }
    }

    private static Vector<float> Widen(Vector<uint> half)
    {
        // Exponent and mantissa move into place; 2^112 corrects the exponent's bias, for subnormal numbers too.
        var magnitude = (half & new Vector<uint>(0x7FFF)) << 13;
        var finite = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * new Vector<float>(5.192296858534828e33f));
        var isFinite = Vector.LessThan(magnitude, new Vector<uint>(0x0F800000));
        var value = Vector.ConditionalSelect(isFinite, finite, magnitude | new Vector<uint>(0x7F800000));
        return Vector.AsVectorSingle(value | ((half & new Vector<uint>(0x8000)) << 16));
    }

    private static Vector<uint> Narrow(Vector<float> value)
    {
        var bits = Vector.AsVectorUInt32(value);
        var magnitude = bits & new Vector<uint>(0x7FFFFFFF);
        var sign = (bits >> 16) & new Vector<uint>(0x8000);

        // Rounding may carry into the exponent, up to infinity, as it should.
        var normal = (magnitude + new Vector<uint>(0xFFF) + ((magnitude >> 13) & Vector<uint>.One) - new Vector<uint>(0x38000000)) >> 13;

        // ½ has the last place of the subnormal numbers of float16: adding it rounds to them.
        var half = new Vector<float>(0.5f);
        var subnormal = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) + half) - Vector.AsVectorUInt32(half);
        var special = Vector.ConditionalSelect(Vector.GreaterThan(magnitude, new Vector<uint>(0x7F800000)), new Vector<uint>(0x7E00), new Vector<uint>(0x7C00));

        var finite = Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<uint>(0x38800000)), subnormal, normal);
        return sign | Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<uint>(0x47800000)), finite, special);
    }
}
