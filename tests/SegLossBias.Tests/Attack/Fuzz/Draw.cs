namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Random choices of one case. The same seed and case give the same choices, in any process.</summary>
internal sealed class Draw(ulong seed, int number)
{
    private readonly PCG _random = new((uint)number, seed);

    internal T Of<T>(Gen<T> gen) => gen.Generate(_random, null, out _);

    /// <summary>Both ends may come.</summary>
    internal int Int(int first, int last) => Of(Gen.Int[first, last]);

    internal bool OneIn(int chances) => Int(1, chances) == 1;

    internal T One<T>(IReadOnlyList<T> values) => values[Int(0, values.Count - 1)];

    /// <summary>A number that makes trouble: a limit of a range, of a type, or none at all.</summary>
    internal double HostileNumber() => One(
    [
        0, -0.0, 1, -1, 0.5, 2, 10, 255, 1e-10, 1e-300, double.Epsilon, 1e300, double.MaxValue, double.MinValue,
        float.MaxValue, 1 - 1e-16, 1 + 1e-15, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ]);

    internal long HostileWhole() => One<long>([0, 1, -1, 2, 3, 255, int.MaxValue, int.MinValue, 1L << 40, long.MaxValue, long.MinValue]);
}
