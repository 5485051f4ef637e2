using System.Runtime.InteropServices;

namespace SegLossBias.Tests.Kernels;

/// <summary>Narrow numbers to float32 and back, as libtorch does it, in vectors and one by one.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public unsafe class ElementTests
{
    private static readonly ushort[] AllPatterns = [.. Enumerable.Range(0, 1 << 16).Select(pattern => (ushort)pattern)];

    [Fact]
    public void BFloat16_WidensAsLibtorchDoes() => Widens<BFloat16Element>(ScalarType.BFloat16);

    [Fact]
    public void Float16_WidensAsLibtorchDoes() => Widens<Float16Element>(ScalarType.Float16);

    [Fact]
    public void BFloat16_NarrowsAsLibtorchDoes() => Narrows<BFloat16Element>(ScalarType.BFloat16);

    [Fact]
    public void Float16_NarrowsAsLibtorchDoes() => Narrows<Float16Element>(ScalarType.Float16);

    private static void Widens<TElement>(ScalarType type)
        where TElement : IElement<ushort, float>
    {
        using var scope = NewDisposeScope();
        var expected = Widened(type);
        foreach (var count in (int[])[AllPatterns.Length, AllPatterns.Length - 1, AllPatterns.Length - 17])
        {
            var actual = new float[count];
            fixed (ushort* source = AllPatterns)
            fixed (float* target = actual)
            {
                TElement.Widen(source, target, count);
            }

            for (var i = 0; i < count; i++)
            {
                Same(actual[i], expected[i]).Should().BeTrue($"{i:X4} is {expected[i]:R}, not {actual[i]:R}");
                Same(TElement.Widen(AllPatterns[i]), expected[i]).Should().BeTrue($"{i:X4} is {expected[i]:R} one by one too");
            }
        }
    }

    private static void Narrows<TElement>(ScalarType type)
        where TElement : IElement<ushort, float>
    {
        using var scope = NewDisposeScope();
        var numbers = Numbers(type);
        var expected = MemoryMarshal.Cast<byte, ushort>(tensor(numbers).to(type).bytes).ToArray();
        foreach (var count in (int[])[numbers.Length, numbers.Length - 1])
        {
            var actual = new ushort[count];
            fixed (float* source = numbers)
            fixed (ushort* target = actual)
            {
                TElement.Narrow(source, target, count);
            }

            for (var i = 0; i < count; i++)
            {
                var isSame = float.IsNaN(numbers[i])
                    ? float.IsNaN(TElement.Widen(actual[i])) && float.IsNaN(TElement.Widen(TElement.Narrow(numbers[i])))
                    : actual[i] == expected[i] && TElement.Narrow(numbers[i]) == expected[i];
                if (!isSame)
                {
                    Assert.Fail($"{numbers[i]:R} ({BitConverter.SingleToUInt32Bits(numbers[i]):X8}) is {expected[i]:X4}, not {actual[i]:X4} or {TElement.Narrow(numbers[i]):X4}");
                }
            }
        }
    }

    /// <summary>Each number of the type, the middle between it and the next, the neighbours of both, and random patterns.</summary>
    private static float[] Numbers(ScalarType type)
    {
        var random = new Random(1);
        var widened = Widened(type);
        var numbers = new List<float>();
        for (var i = 0; i < widened.Length; i++)
        {
            var middle = (float)((widened[i] + (double)widened[Math.Min(i + 1, widened.Length - 1)]) / 2);
            foreach (var number in (float[])[widened[i], middle])
            {
                numbers.AddRange([float.BitDecrement(number), number, float.BitIncrement(number)]);
            }

            numbers.Add(BitConverter.Int32BitsToSingle(random.Next()));
            numbers.Add(-BitConverter.Int32BitsToSingle(random.Next()));
        }

        return [.. numbers, float.MaxValue, float.MinValue, float.Epsilon, 65504, 65519.996f, 65520];
    }

    private static float[] Widened(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var stored = empty([AllPatterns.Length], type);
        MemoryMarshal.AsBytes<ushort>(AllPatterns).CopyTo(stored.bytes);
        return stored.to(ScalarType.Float32).data<float>().ToArray();
    }

    private static bool Same(float left, float right) =>
        (float.IsNaN(left) && float.IsNaN(right)) || BitConverter.SingleToInt32Bits(left) == BitConverter.SingleToInt32Bits(right);
}
