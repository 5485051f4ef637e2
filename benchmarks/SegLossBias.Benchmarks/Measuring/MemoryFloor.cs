using System.Numerics;
using SegLossBias.Benchmarks.Cases;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Measuring;

/// <summary>
/// A plain pass over the bytes that any loss must touch, on as many threads as libtorch: reads logits and labels, and for
/// the gradient reads both again and writes as many bytes as the logits have. No loss can be faster on data beyond the caches.
/// </summary>
internal sealed unsafe class MemoryFloor
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>From this size on writing past the caches is faster.</summary>
    private const long StreamingBytes = 1 << 20;

    private readonly Scene _scene;
    private readonly byte* _logits;
    private readonly byte* _labels;
    private readonly long _logitBytes;
    private readonly long _labelBytes;
    private readonly int _chunks;
    private readonly ParallelOptions _threads = new() { MaxDegreeOfParallelism = get_num_threads() };
    private readonly long[] _sums;

    public MemoryFloor(Scene scene)
    {
        _scene = scene;
        _logits = Pointer(scene.Logits);
        _labels = Pointer(scene.Labels);
        _logitBytes = scene.Logits.numel() * sizeof(float);
        _labelBytes = scene.Labels.numel() * sizeof(long);
        _chunks = (int)Math.Max(1, (_logitBytes + _labelBytes) / ChunkBytes);
        _sums = new long[_chunks];
    }

    /// <summary>A sum, so that nothing is left out.</summary>
    public long Pass()
    {
        ForEachChunk(chunk => _sums[chunk] = Read(chunk));
        if (_scene.Logits.requires_grad)
        {
            using var gradient = empty(_scene.Logits.shape);
            var pointer = Pointer(gradient);
            ForEachChunk(chunk => Write(chunk, pointer));
        }

        return _sums.Aggregate((sum, part) => unchecked(sum + part));
    }

    /// <summary>The first byte of a contiguous tensor; a view of one element because spans end at 2 GB.</summary>
    private static byte* Pointer(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        fixed (byte* pointer = tensor.detach().as_strided([1], [1], 0).bytes)
        {
            return pointer;
        }
    }

    private static long Sum(byte* from, byte* end)
    {
        var (a, b, c, d) = (Vector<long>.Zero, Vector<long>.Zero, Vector<long>.Zero, Vector<long>.Zero);
        var width = Vector<byte>.Count;
        for (; from + (4 * width) <= end; from += 4 * width)
        {
            a += Vector.Load((long*)from);
            b += Vector.Load((long*)(from + width));
            c += Vector.Load((long*)(from + (2 * width)));
            d += Vector.Load((long*)(from + (3 * width)));
        }

        return Vector.Sum(a + b + c + d);
    }

    private static void Copy(byte* from, byte* end, byte* to, bool streaming)
    {
        var width = Vector<byte>.Count;
        if (streaming)
        {
            for (; from + width <= end; from += width, to += width)
            {
                Vector.StoreAlignedNonTemporal(-Vector.Load((float*)from), (float*)to);
            }
        }
        else
        {
            for (; from + width <= end; from += width, to += width)
            {
                Vector.Store(-Vector.Load((float*)from), (float*)to);
            }
        }
    }

    private void ForEachChunk(Action<int> action)
    {
        if (_chunks == 1)
        {
            action(0);
        }
        else
        {
            Parallel.For(0, _chunks, _threads, action);
        }
    }

    private long Read(int chunk) =>
        Sum(_logits + Bound(_logitBytes, chunk), _logits + Bound(_logitBytes, chunk + 1)) +
        Sum(_labels + Bound(_labelBytes, chunk), _labels + Bound(_labelBytes, chunk + 1));

    private void Write(int chunk, byte* gradient)
    {
        var start = Bound(_logitBytes, chunk);
        _sums[chunk] += Sum(_labels + Bound(_labelBytes, chunk), _labels + Bound(_labelBytes, chunk + 1));
        Copy(_logits + start, _logits + Bound(_logitBytes, chunk + 1), gradient + start, _logitBytes >= StreamingBytes);
    }

    /// <summary>Where a chunk starts, at a whole cache line.</summary>
    private long Bound(long bytes, int chunk) => chunk == _chunks ? bytes : bytes / _chunks * chunk / 64 * 64;
}
