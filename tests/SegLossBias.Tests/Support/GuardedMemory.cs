using System.Runtime.InteropServices;

namespace SegLossBias.Tests.Support;

/// <summary>
/// Memory whose last byte is followed, on Linux, by a page that may not be touched: a read or write past the end kills
/// the test run. Before the first byte stand marks that must survive.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const byte Mark = 0xA5;

    private readonly nint _base;
    private readonly long _mapped;
    private readonly int _lead;

    internal GuardedMemory(long bytes)
    {
        Bytes = bytes;
        var page = Environment.SystemPageSize;
        _mapped = ((bytes + page - 1) / page * page) + page;
        if (OperatingSystem.IsLinux())
        {
            _base = mmap(0, (nuint)(_mapped + page), ReadWrite, PrivateAnonymous, -1, 0);
            (_base != -1 && mprotect(_base + (nint)_mapped, (nuint)page, 0) == 0).Should().BeTrue("memory is wanted");
        }
        else
        {
            _base = (nint)NativeMemory.Alloc((nuint)_mapped);
        }

        _lead = (int)(_mapped - bytes);
        new Span<byte>((void*)_base, _lead).Fill(Mark);
        Span.Fill(Mark);
    }

    internal long Bytes { get; }

    internal nint Start => _base + _lead;

    internal Span<byte> Span => new((void*)Start, checked((int)Bytes));

    internal static GuardedMemory Copy(ReadOnlySpan<byte> source)
    {
        var memory = new GuardedMemory(source.Length);
        source.CopyTo(memory.Span);
        return memory;
    }

    /// <summary>Nothing was written before the first byte.</summary>
    internal void ShouldBeIntact(string because) =>
        new ReadOnlySpan<byte>((void*)_base, _lead).ContainsAnyExcept(Mark).Should().BeFalse($"nothing may be written before the memory {because}");

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = munmap(_base, (nuint)(_mapped + Environment.SystemPageSize));
        }
        else
        {
            NativeMemory.Free((void*)_base);
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int munmap(nint address, nuint length);
}
