using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SegLossBias;

/// <summary>Lanes of a 512-bit vector.</summary>
internal readonly unsafe struct Lanes512<T>(Vector512<T> vector) : ILanes<Lanes512<T>, T>
    where T : unmanaged
{
    private readonly Vector512<T> _vector = vector;

    public static string Name => "512-bit vectors";

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Of(double value) => typeof(T) == typeof(float)
        ? new(Vector512.Create((float)value).As<float, T>())
        : new(Vector512.Create(value).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Broadcast(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, Lanes512<T> value) => value._vector.Store(target);

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
    public static void StoreNonTemporal(T* target, Lanes512<T> value) => value._vector.StoreAlignedNonTemporal(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> left, Lanes512<T> right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> left, Lanes512<T> right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> value) => new(-value._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> left, Lanes512<T> right) => new(left._vector * right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(Lanes512<T> left, Lanes512<T> right) => new(left._vector / right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) => typeof(T) == typeof(float)
        ? new(Vector512.MultiplyAddEstimate(a._vector.AsSingle(), b._vector.AsSingle(), c._vector.AsSingle()).As<float, T>())
        : new(Vector512.MultiplyAddEstimate(a._vector.AsDouble(), b._vector.AsDouble(), c._vector.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Max(Lanes512<T> left, Lanes512<T> right) => new(Vector512.MaxNative(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sqrt(Lanes512<T> value) => new(Vector512.Sqrt(value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> ZeroWhereLess(Lanes512<T> a, Lanes512<T> b, Lanes512<T> value) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._vector, b._vector), Vector512<T>.Zero, value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> SelectLess(Lanes512<T> a, Lanes512<T> b, Lanes512<T> whenLess, Lanes512<T> otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._vector, b._vector), whenLess._vector, otherwise._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> SelectEqual(Lanes512<T> a, Lanes512<T> b, Lanes512<T> whenEqual, Lanes512<T> otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(a._vector, b._vector), whenEqual._vector, otherwise._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> AddWhereLess(Lanes512<T> sum, Lanes512<T> a, Lanes512<T> b, Lanes512<T> value) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._vector, b._vector), sum._vector + value._vector, sum._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllEqual(Lanes512<T> left, Lanes512<T> right) => Vector512.EqualsAll(left._vector, right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Lanes512<T> value) => typeof(T) == typeof(float)
        ? Vector512.Sum(Vector512.WidenLower(value._vector.AsSingle()) + Vector512.WidenUpper(value._vector.AsSingle()))
        : Vector512.Sum(value._vector.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> PowerOfTwo(Lanes512<T> shifted) => typeof(T) == typeof(float)
        ? new((shifted._vector.AsInt32() << 23).As<int, T>())
        : new((shifted._vector.AsInt64() << 52).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Split(Lanes512<T> value, out Lanes512<T> exponent)
    {
        if (typeof(T) == typeof(float))
        {
            var offset = value._vector.AsInt32() - Vector512.Create(FloatBits.RootHalf32);
            var power = ((offset >> 23) + Vector512.Create(FloatBits.Magic32)).AsSingle() - Vector512.Create(FloatBits.Magic32).AsSingle();
            exponent = new(power.As<float, T>());
            return new(((offset & Vector512.Create(FloatBits.Mantissa32)) + Vector512.Create(FloatBits.RootHalf32)).As<int, T>());
        }
        else
        {
            var offset = value._vector.AsInt64() - Vector512.Create(FloatBits.RootHalf64);
            var power = ((offset >> 52) + Vector512.Create(FloatBits.Magic64)).AsDouble() - Vector512.Create(FloatBits.Magic64).AsDouble();
            exponent = new(power.As<double, T>());
            return new(((offset & Vector512.Create(FloatBits.Mantissa64)) + Vector512.Create(FloatBits.RootHalf64)).As<long, T>());
        }
    }
}
