namespace SegLossBias;

/// <summary>
/// How the pixels are cut: chunks for the threads, tiles in a chunk that stay in the caches, and where in the scratch
/// memory of a thread things lie. Depends on the shape alone, never on the number of threads.
/// </summary>
internal sealed unsafe class TilePlan<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Numbers per pixel besides the rows of the classes: max, sum, lower, dot, factor, back, own, label.</summary>
    internal const int PixelArrays = 8;

    /// <summary>Of them, those each temperature has: sum, dot, factor.</summary>
    internal const int TemperedArrays = 3;

    private const int TileBytes = 32 * 1024;

    /// <summary>A lane then sums no more than 32 numbers in its own type; equal ones would all be rounded one way.</summary>
    private static readonly int MostPixels = Math.Min(256, 32 * TLanes.Count);

    private const int FewestChunkElements = 1 << 18;

    /// <summary>So much of small images is one piece of work for a thread.</summary>
    private const int SharedChunkElements = 1 << 14;

    /// <summary>Enough for any number of cores; more would only cost memory for their sums.</summary>
    private const int MostChunks = 256;

    /// <summary>Below this many logits a second thread costs more than it gives.</summary>
    private const long SmallWork = 1 << 16;

    private TilePlan(RegionJob job)
    {
        var request = job.Request;
        Tempered = [.. Enumerable.Range(0, request.Temperatures.Length).Where(place => request.Temperatures[place] is not (0 or 1))];
        Size = Array.IndexOf(request.Temperatures, 1);
        var rows = job.Mode == KernelMode.Softmax ? job.Channels : job.Mode == KernelMode.Pair ? 2 : 1;
        Copies = job.Mode == KernelMode.Softmax ? 2 + Tempered.Length : 2;

        var step = 2 * TLanes.Count;
        var fitting = TileBytes / (rows * Copies * sizeof(T));
        TilePixels = (int)Math.Min(Math.Clamp(fitting, Math.Min(128, MostPixels), MostPixels), job.Pixels);
        TilePixels = (TilePixels + step - 1) / step * step;

        // One vector more, so that rows do not fall on the same cache sets.
        Stride = TilePixels + TLanes.Count;
        Rows = rows;

        var elements = (long)job.Images * job.Channels * job.Pixels;
        ChunkPixels = Math.Max(1, Math.Max(FewestChunkElements, elements / MostChunks) / job.Channels / TilePixels) * TilePixels;
        ChunksPerImage = checked((int)((job.Pixels + ChunkPixels - 1) / ChunkPixels));
        ImagesPerChunk = ChunksPerImage > 1 ? 1 : (int)Math.Clamp(SharedChunkElements / ((long)job.Channels * Math.Max(job.Pixels, TilePixels)), 1, job.Images);
        Chunks = checked((job.Images + ImagesPerChunk - 1) / ImagesPerChunk * ChunksPerImage);
        Threads = elements < SmallWork ? 1 : job.Threads;

        var numbers = ((long)rows * Copies * Stride)
            + ((PixelArrays + (TemperedArrays * Tempered.Length)) * Stride)
            + ((1 + Tempered.Length) * (long)Padded(job.Channels))
            + Padded(3 * TLanes.Count);
        ScratchBytes = checked((int)((numbers * sizeof(T)) + (2 * sizeof(int) * Stride)));
    }

    /// <summary>The place of the predicted size with τ = 1, or -1.</summary>
    internal int Size { get; }

    /// <summary>The places of the other predicted sizes.</summary>
    internal int[] Tempered { get; }

    internal int Rows { get; }

    /// <summary>Logits, their powers, and powers for each temperature.</summary>
    internal int Copies { get; }

    internal int TilePixels { get; }

    internal int Stride { get; }

    internal long ChunkPixels { get; }

    /// <summary>More than 1 where one image is enough work for several threads.</summary>
    internal int ChunksPerImage { get; }

    /// <summary>More than 1 where images are too small to be pieces of work by themselves.</summary>
    internal int ImagesPerChunk { get; }

    internal int Chunks { get; }

    internal int Threads { get; }

    internal int ScratchBytes { get; }

    internal static TilePlan<TLanes, T> For(RegionJob job) => new(job);

    /// <summary>Rounded up to whole cache lines.</summary>
    internal static int Padded(int numbers) => (numbers + 15) & ~15;
}
