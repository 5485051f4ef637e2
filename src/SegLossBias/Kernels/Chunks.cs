using System.Buffers;

namespace SegLossBias;

/// <summary>Spreads pieces of work over threads; each thread takes the next piece when it is done with one.</summary>
internal static unsafe class Chunks
{
    internal delegate void Work(int chunk, byte* scratch);

    /// <summary>Raised by every thread that begins to work, on it; tests see by it how many there are.</summary>
    internal static event Action? WorkBegins;

    /// <summary>Returns when all chunks are done. The scratch memory is aligned to a cache line and not cleared.</summary>
    internal static void Run(int chunks, int threads, int scratchBytes, Work work)
    {
        var next = 0;
        void Worker(int thread)
        {
            _ = thread;
            WorkBegins?.Invoke();
            const int Line = 64;
            var buffer = ArrayPool<byte>.Shared.Rent(scratchBytes + Line);
            fixed (byte* start = buffer)
            {
                var scratch = (byte*)(((nuint)start + Line - 1) & ~(nuint)(Line - 1));
                for (int chunk; (chunk = Interlocked.Increment(ref next) - 1) < chunks;)
                {
                    work(chunk, scratch);
                }
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        threads = Math.Min(threads, chunks);
        if (threads <= 1)
        {
            Worker(0);
            return;
        }

        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, Worker);
    }
}
