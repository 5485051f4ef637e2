using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SegLossBias;

/// <summary>Cache lines.</summary>
internal static class Lines
{
    /// <summary>Bytes of a cache line, and of the widest vector.</summary>
    internal const int Bytes = 64;

    private const int NarrowestNumber = sizeof(float);

    /// <summary>So many numbers, rounded up to whole cache lines.</summary>
    internal static int Whole(int numbers) => (numbers + (Bytes / NarrowestNumber) - 1) / (Bytes / NarrowestNumber) * (Bytes / NarrowestNumber);

    /// <summary>Asks for the line of an address, which need not exist, in the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }

    /// <summary>The first address from here on where a line begins.</summary>
    internal static unsafe byte* Align(byte* address) => (byte*)(((nuint)address + Bytes - 1) & ~(nuint)(Bytes - 1));
}
