using System.Numerics;
using System.Runtime.CompilerServices;

namespace SegLossBias;

/// <summary>One number at a time: what the vectors are checked against, and what runs without any.</summary>
internal readonly unsafe struct LanesScalar<T>(T value) : ILanes<LanesScalar<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _value = value;

    public static string Name => "scalars";

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> Of(double value) => new(T.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> Broadcast(T value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> Load(T* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, LanesScalar<T> value) => *target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreOne(T* target, double value) => *target = T.CreateTruncating(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal(T* target, LanesScalar<T> value) => *target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> operator +(LanesScalar<T> left, LanesScalar<T> right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> operator -(LanesScalar<T> left, LanesScalar<T> right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> operator -(LanesScalar<T> value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> operator *(LanesScalar<T> left, LanesScalar<T> right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> operator /(LanesScalar<T> left, LanesScalar<T> right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> MultiplyAdd(LanesScalar<T> a, LanesScalar<T> b, LanesScalar<T> c) => new((a._value * b._value) + c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> Max(LanesScalar<T> left, LanesScalar<T> right) => left._value > right._value ? left : right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> Sqrt(LanesScalar<T> value) => new(T.Sqrt(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> ZeroWhereLess(LanesScalar<T> a, LanesScalar<T> b, LanesScalar<T> value) => a._value < b._value ? default : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> SelectLess(LanesScalar<T> a, LanesScalar<T> b, LanesScalar<T> whenLess, LanesScalar<T> otherwise) => a._value < b._value ? whenLess : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> SelectEqual(LanesScalar<T> a, LanesScalar<T> b, LanesScalar<T> whenEqual, LanesScalar<T> otherwise) => a._value == b._value ? whenEqual : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> AddWhereLess(LanesScalar<T> sum, LanesScalar<T> a, LanesScalar<T> b, LanesScalar<T> value) => a._value < b._value ? sum + value : sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllEqual(LanesScalar<T> left, LanesScalar<T> right) => left._value == right._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(LanesScalar<T> value) => double.CreateTruncating(value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> PowerOfTwo(LanesScalar<T> shifted) => typeof(T) == typeof(float)
        ? new(Unsafe.BitCast<int, T>(Unsafe.BitCast<T, int>(shifted._value) << 23))
        : new(Unsafe.BitCast<long, T>(Unsafe.BitCast<T, long>(shifted._value) << 52));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar<T> Split(LanesScalar<T> value, out LanesScalar<T> exponent)
    {
        if (typeof(T) == typeof(float))
        {
            var offset = Unsafe.BitCast<T, int>(value._value) - FloatBits.RootHalf32;
            exponent = new(T.CreateTruncating(offset >> 23));
            return new(Unsafe.BitCast<int, T>((offset & FloatBits.Mantissa32) + FloatBits.RootHalf32));
        }
        else
        {
            var offset = Unsafe.BitCast<T, long>(value._value) - FloatBits.RootHalf64;
            exponent = new(T.CreateTruncating(offset >> 52));
            return new(Unsafe.BitCast<long, T>((offset & FloatBits.Mantissa64) + FloatBits.RootHalf64));
        }
    }
}
