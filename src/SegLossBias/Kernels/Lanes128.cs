using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SegLossBias;

/// <summary>Lanes of a 128-bit vector.</summary>
internal readonly unsafe struct Lanes128<T>(Vector128<T> vector) : ILanes<Lanes128<T>, T>
    where T : unmanaged
{
    private readonly Vector128<T> _vector = vector;

    public static string Name => "128-bit vectors";

    public static int Count => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Of(double value) => typeof(T) == typeof(float)
        ? new(Vector128.Create((float)value).As<float, T>())
        : new(Vector128.Create(value).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Broadcast(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(T* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, Lanes128<T> value) => value._vector.Store(target);

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
    public static void StoreNonTemporal(T* target, Lanes128<T> value) => value._vector.StoreAlignedNonTemporal(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> left, Lanes128<T> right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> left, Lanes128<T> right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> value) => new(-value._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> left, Lanes128<T> right) => new(left._vector * right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(Lanes128<T> left, Lanes128<T> right) => new(left._vector / right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c) => typeof(T) == typeof(float)
        ? new(Vector128.MultiplyAddEstimate(a._vector.AsSingle(), b._vector.AsSingle(), c._vector.AsSingle()).As<float, T>())
        : new(Vector128.MultiplyAddEstimate(a._vector.AsDouble(), b._vector.AsDouble(), c._vector.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Max(Lanes128<T> left, Lanes128<T> right) => new(Vector128.MaxNative(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sqrt(Lanes128<T> value) => new(Vector128.Sqrt(value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> ZeroWhereLess(Lanes128<T> a, Lanes128<T> b, Lanes128<T> value) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._vector, b._vector), Vector128<T>.Zero, value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> SelectLess(Lanes128<T> a, Lanes128<T> b, Lanes128<T> whenLess, Lanes128<T> otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._vector, b._vector), whenLess._vector, otherwise._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> SelectEqual(Lanes128<T> a, Lanes128<T> b, Lanes128<T> whenEqual, Lanes128<T> otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(a._vector, b._vector), whenEqual._vector, otherwise._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> AddWhereLess(Lanes128<T> sum, Lanes128<T> a, Lanes128<T> b, Lanes128<T> value) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._vector, b._vector), sum._vector + value._vector, sum._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllEqual(Lanes128<T> left, Lanes128<T> right) => Vector128.EqualsAll(left._vector, right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Lanes128<T> value) => typeof(T) == typeof(float)
        ? Vector128.Sum(Vector128.WidenLower(value._vector.AsSingle()) + Vector128.WidenUpper(value._vector.AsSingle()))
        : Vector128.Sum(value._vector.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> PowerOfTwo(Lanes128<T> shifted) => typeof(T) == typeof(float)
        ? new((shifted._vector.AsInt32() << 23).As<int, T>())
        : new((shifted._vector.AsInt64() << 52).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Split(Lanes128<T> value, out Lanes128<T> exponent)
    {
        if (typeof(T) == typeof(float))
        {
            var offset = value._vector.AsInt32() - Vector128.Create(FloatBits.RootHalf32);
            var power = ((offset >> 23) + Vector128.Create(FloatBits.Magic32)).AsSingle() - Vector128.Create(FloatBits.Magic32).AsSingle();
            exponent = new(power.As<float, T>());
            return new(((offset & Vector128.Create(FloatBits.Mantissa32)) + Vector128.Create(FloatBits.RootHalf32)).As<int, T>());
        }
        else
        {
            var offset = value._vector.AsInt64() - Vector128.Create(FloatBits.RootHalf64);
            var power = ((offset >> 52) + Vector128.Create(FloatBits.Magic64)).AsDouble() - Vector128.Create(FloatBits.Magic64).AsDouble();
            exponent = new(power.As<double, T>());
            return new(((offset & Vector128.Create(FloatBits.Mantissa64)) + Vector128.Create(FloatBits.RootHalf64)).As<long, T>());
        }
    }
}
