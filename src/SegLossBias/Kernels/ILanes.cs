namespace SegLossBias;

/// <summary>
/// A few numbers handled at once, so that each kernel is written once for every vector width and for scalars. A comparison and
/// what depends on it are one operation: AVX-512 then has one instruction for both, and a mask is never a value of its own.
/// </summary>
/// <typeparam name="TSelf">The vector.</typeparam>
/// <typeparam name="T">Its element, float or double.</typeparam>
internal unsafe interface ILanes<TSelf, T>
    where TSelf : unmanaged, ILanes<TSelf, T>
    where T : unmanaged
{
    /// <summary>The instruction set, for diagnostics.</summary>
    static abstract string Name { get; }

    static abstract int Count { get; }

    /// <summary>The number in all lanes; folds to a constant for a literal.</summary>
    static abstract TSelf Of(double value);

    static abstract TSelf Broadcast(T value);

    static abstract TSelf Load(T* source);

    static abstract void Store(T* target, TSelf value);

    static abstract void StoreOne(T* target, double value);

    /// <summary>Writes around the caches; the target must be aligned to the vector.</summary>
    static abstract void StoreNonTemporal(T* target, TSelf value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf value);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>a·b + c, rounded once where the machine can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger; the right one where either is NaN, on x86.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf Sqrt(TSelf value);

    /// <summary>0 where a &lt; b, even for NaN, else the value.</summary>
    static abstract TSelf ZeroWhereLess(TSelf a, TSelf b, TSelf value);

    static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf whenLess, TSelf otherwise);

    static abstract TSelf SelectEqual(TSelf a, TSelf b, TSelf whenEqual, TSelf otherwise);

    /// <summary>sum + value where a &lt; b, else the sum.</summary>
    static abstract TSelf AddWhereLess(TSelf sum, TSelf a, TSelf b, TSelf value);

    static abstract bool AllEqual(TSelf left, TSelf right);

    static abstract double Sum(TSelf value);

    /// <summary>2^n, from n + <see cref="FloatBits.Shift32"/> (in double <see cref="FloatBits.Shift64"/>) for an integer n whose power is a normal number.</summary>
    static abstract TSelf PowerOfTwo(TSelf shifted);

    /// <summary>Splits a positive normal number into mantissa · 2^exponent with mantissa in [√½, √2).</summary>
    static abstract TSelf Split(TSelf value, out TSelf exponent);
}
