using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SegLossBias;

/// <summary>Lanes of a 256-bit vector.</summary>
internal readonly unsafe struct Lanes256<T>(Vector256<T> vector) : ILanes<Lanes256<T>, T>
    where T : unmanaged
{
    private readonly Vector256<T> _vector = vector;

    public static string Name => "256-bit vectors";

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Of(double value) => typeof(T) == typeof(float)
        ? new(Vector256.Create((float)value).As<float, T>())
        : new(Vector256.Create(value).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Broadcast(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(T* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, Lanes256<T> value) => value._vector.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreOne(T* target, double value)
    {
        if (typeof(T) == typeof(float))
        {
            *(float*)target = (float)value;
        }
        else
        {
            *(double*)target = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal(T* target, Lanes256<T> value) => value._vector.StoreAlignedNonTemporal(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> left, Lanes256<T> right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> left, Lanes256<T> right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> value) => new(-value._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> left, Lanes256<T> right) => new(left._vector * right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(Lanes256<T> left, Lanes256<T> right) => new(left._vector / right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c) => typeof(T) == typeof(float)
        ? new(Vector256.MultiplyAddEstimate(a._vector.AsSingle(), b._vector.AsSingle(), c._vector.AsSingle()).As<float, T>())
        : new(Vector256.MultiplyAddEstimate(a._vector.AsDouble(), b._vector.AsDouble(), c._vector.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Max(Lanes256<T> left, Lanes256<T> right) => new(Vector256.MaxNative(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sqrt(Lanes256<T> value) => new(Vector256.Sqrt(value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> ZeroWhereLess(Lanes256<T> a, Lanes256<T> b, Lanes256<T> value) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._vector, b._vector), Vector256<T>.Zero, value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> SelectLess(Lanes256<T> a, Lanes256<T> b, Lanes256<T> whenLess, Lanes256<T> otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._vector, b._vector), whenLess._vector, otherwise._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> SelectEqual(Lanes256<T> a, Lanes256<T> b, Lanes256<T> whenEqual, Lanes256<T> otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(a._vector, b._vector), whenEqual._vector, otherwise._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> AddWhereLess(Lanes256<T> sum, Lanes256<T> a, Lanes256<T> b, Lanes256<T> value) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._vector, b._vector), sum._vector + value._vector, sum._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllEqual(Lanes256<T> left, Lanes256<T> right) => Vector256.EqualsAll(left._vector, right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Lanes256<T> value) => typeof(T) == typeof(float)
        ? Vector256.Sum(Vector256.WidenLower(value._vector.AsSingle()) + Vector256.WidenUpper(value._vector.AsSingle()))
        : Vector256.Sum(value._vector.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> PowerOfTwo(Lanes256<T> shifted) => typeof(T) == typeof(float)
        ? new((shifted._vector.AsInt32() << 23).As<int, T>())
        : new((shifted._vector.AsInt64() << 52).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Split(Lanes256<T> value, out Lanes256<T> exponent)
    {
        if (typeof(T) == typeof(float))
        {
            var offset = value._vector.AsInt32() - Vector256.Create(FloatBits.RootHalf32);
            var power = ((offset >> 23) + Vector256.Create(FloatBits.Magic32)).AsSingle() - Vector256.Create(FloatBits.Magic32).AsSingle();
            exponent = new(power.As<float, T>());
            return new(((offset & Vector256.Create(FloatBits.Mantissa32)) + Vector256.Create(FloatBits.RootHalf32)).As<int, T>());
        }
        else
        {
            var offset = value._vector.AsInt64() - Vector256.Create(FloatBits.RootHalf64);
            var power = ((offset >> 52) + Vector256.Create(FloatBits.Magic64)).AsDouble() - Vector256.Create(FloatBits.Magic64).AsDouble();
            exponent = new(power.As<double, T>());
            return new(((offset & Vector256.Create(FloatBits.Mantissa64)) + Vector256.Create(FloatBits.RootHalf64)).As<long, T>());
        }
    }
}
