using System.Buffers;

namespace SegLossBias;

/// <summary>Spreads pieces of work over threads; each thread takes the next piece when it is done with one.</summary>
internal static unsafe class Chunks
{
    internal delegate void Work(int chunk, byte* scratch);

    /// <summary>Returns when all chunks are done. The scratch memory is aligned to a cache line and not cleared.</summary>
    /// <param name="chunks">How many pieces there are.</param>
    /// <param name="threads">How many threads work, the caller among them.</param>
    /// <param name="scratchBytes">Memory that each thread has to itself.</param>
    /// <param name="work">Does a piece.</param>
    internal static void Run(int chunks, int threads, int scratchBytes, Work work)
    {
        var next = 0;
        void Worker(int thread)
        {
            _ = thread;
            var buffer = ArrayPool<byte>.Shared.Rent(scratchBytes + Lines.Bytes);
            fixed (byte* start = buffer)
            {
                var scratch = Lines.Align(start);
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
