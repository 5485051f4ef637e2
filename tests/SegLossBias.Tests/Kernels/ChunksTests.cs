using System.Collections.Concurrent;

namespace SegLossBias.Tests.Kernels;

/// <summary>Pieces of work and the threads that do them.</summary>
public unsafe class ChunksTests
{
    private const int ScratchBytes = 1000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(1000, 4)]
    public void EveryChunk_IsDoneOnce(int chunks, int threads)
    {
        var times = new int[chunks];
        Chunks.Run(chunks, threads, ScratchBytes, (chunk, _) => Interlocked.Increment(ref times[chunk]));
        times.Should().OnlyContain(done => done == 1);
    }

    /// <summary>Each piece waits until as many threads as there may be have one, so that all of them must be there at once.</summary>
    [Theory]
    [InlineData(8, 1, 1)]
    [InlineData(8, 3, 3)]
    [InlineData(2, 5, 2)]
    public void AsManyThreadsWork_AsThereMayBe(int chunks, int threads, int expected)
    {
        var seen = new ConcurrentDictionary<int, bool>();
        Chunks.Run(chunks, threads, ScratchBytes, (_, _) =>
        {
            seen[Environment.CurrentManagedThreadId] = true;
            SpinWait.SpinUntil(() => seen.Count >= expected, TimeSpan.FromSeconds(20));
        });
        seen.Count.Should().Be(expected);
        seen.Keys.Should().Contain(Environment.CurrentManagedThreadId, "the caller works too");
    }

    /// <summary>Memory that a thread has to itself begins at a cache line, and all of it may be written.</summary>
    [Fact]
    public void Scratch_IsAlignedAndNotShared()
    {
        var wrong = 0;
        Chunks.Run(64, 4, ScratchBytes, (chunk, scratch) =>
        {
            var mine = new Span<byte>(scratch, ScratchBytes);
            mine.Fill((byte)chunk);
            Thread.Yield();
            if ((nuint)scratch % Lines.Bytes != 0 || mine.ContainsAnyExcept((byte)chunk))
            {
                Interlocked.Increment(ref wrong);
            }
        });
        wrong.Should().Be(0);
    }
}
