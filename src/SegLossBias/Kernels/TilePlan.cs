namespace SegLossBias;

/// <summary>
/// How the pixels are cut: chunks for the threads, and tiles in a chunk that stay in the caches. Depends on the shape
/// alone, never on the number of threads, so that this changes no bit of the result.
/// </summary>
internal sealed class TilePlan<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>The matrices of a tile shall fit into so much of the first-level cache, which has 32 to 48 KB.</summary>
    private const int TileBytes = 32 * 1024;

    /// <summary>
    /// Pixels of a tile at most. A lane then sums no more than 32 numbers in its own type; equal ones, as saturated pixels
    /// give, would all be rounded one way.
    /// </summary>
    private static readonly int MostPixels = Math.Min(256, 32 * TLanes.Count);

    /// <summary>Pixels of a tile at least, however many classes there are: shorter rows cost more than cache misses.</summary>
    private static readonly int FewestPixels = Math.Min(128, MostPixels);

    /// <summary>Logits of a chunk at least, so that handing it to a thread costs little beside its work.</summary>
    private const int FewestChunkElements = 1 << 18;

    /// <summary>Images that have fewer logits share a piece of work.</summary>
    private const int SharedChunkElements = 1 << 14;

    /// <summary>Chunks of one large image at most: enough for any number of cores; more would only cost memory for their sums.</summary>
    private const int MostChunks = 256;

    /// <summary>Logits of a chunk at least for each of its sums: with all rows of a confusion matrix those of many chunks would be as large as the logits.</summary>
    private const int FewestElementsForSum = 64;

    /// <summary>Below this many logits a second thread costs more than it gives.</summary>
    private const long SmallWork = 1 << 16;

    private TilePlan(RegionJob job)
    {
        var request = job.Request;
        General = job.IsBasic ? null : new GeneralPlan(job);
        Tempered = [.. Enumerable.Range(0, request.Temperatures.Length).Where(place => request.Temperatures[place] is not (0 or 1))];
        Size = Array.IndexOf(request.Temperatures, 1);

        var hasPowers = Size >= 0 || request.Overlap >= 0 || request.NegativeLogLikelihood >= 0 || request.NegativeLogEverywhere >= 0 || request.SoftmaxFocal >= 0 || General is { HasPowers: true };
        IsOneVsRestAlone = job.Mode == KernelMode.Softmax && !hasPowers && Tempered.Length == 0 && request.OneVsRestFocal >= 0;
        WholeTempered = hasPowers ? Array.FindIndex(Tempered, place => SoftmaxWholePowers<TLanes, T>.Has(request.Temperatures[place])) : -1;

        // Channels on their own have one row, and keep no powers.
        var rows = job.Mode switch { KernelMode.Softmax => job.Channels, KernelMode.TwoClassSoftmax => 2, _ => 1 };
        var temperatures = job.Mode == KernelMode.Softmax ? Tempered.Length : 0;
        var matrices = 2 + temperatures + (General is { IsSoft: true } ? 1 : 0) + (General is { KeepsSlopes: true } ? 1 : 0);

        var step = 2 * TLanes.Count;
        var fitting = TileBytes / (rows * matrices * SizeOf);
        TilePixels = (int)Math.Min(Math.Clamp(fitting, FewestPixels, MostPixels), job.Pixels);
        TilePixels = (TilePixels + step - 1) / step * step;

        // One vector more, so that rows do not fall on the same cache sets.
        Shape = new TileShape(rows, TilePixels + TLanes.Count, temperatures);
        ScratchBytes = checked((int)(Tile<TLanes, T>.Bytes(Shape) + (General is null ? 0 : GeneralTile<T>.Bytes(Shape, General))));

        var elements = (long)job.Images * job.Channels * job.Pixels;
        var fewest = Math.Max(FewestChunkElements, (long)FewestElementsForSum * job.Results);
        ChunkPixels = Math.Max(1, Math.Max(fewest, elements / MostChunks) / job.Channels / TilePixels) * TilePixels;
        ChunksPerImage = checked((int)((job.Pixels + ChunkPixels - 1) / ChunkPixels));
        ImagesPerChunk = ChunksPerImage > 1 ? 1 : (int)Math.Clamp(SharedChunkElements / ((long)job.Channels * Math.Max(job.Pixels, TilePixels)), 1, job.Images);
        Chunks = checked((job.Images + ImagesPerChunk - 1) / ImagesPerChunk * ChunksPerImage);
        Threads = elements < SmallWork ? 1 : job.Threads;
    }

    /// <summary>The place of the predicted size with τ = 1 in the request, or -1.</summary>
    internal int Size { get; }

    /// <summary>The places of the other predicted sizes.</summary>
    internal int[] Tempered { get; }

    /// <summary>
    /// Of these, the one whose powers are products of those with τ = 1, because τ is a small whole number and something else wants
    /// those too; or -1.
    /// </summary>
    internal int WholeTempered { get; }

    /// <summary>Whether the classes are channels of their own for all that is asked, so that no softmax is needed.</summary>
    internal bool IsOneVsRestAlone { get; }

    /// <summary>How what is not basic is gathered; null where all is.</summary>
    internal GeneralPlan? General { get; }

    internal TileShape Shape { get; }

    internal int TilePixels { get; }

    internal int ScratchBytes { get; }

    internal long ChunkPixels { get; }

    /// <summary>More than 1 where one image is enough work for several threads.</summary>
    internal int ChunksPerImage { get; }

    /// <summary>More than 1 where images are too small to be pieces of work by themselves.</summary>
    internal int ImagesPerChunk { get; }

    internal int Chunks { get; }

    internal int Threads { get; }

    private static unsafe int SizeOf => sizeof(T);

    internal static TilePlan<TLanes, T> For(RegionJob job) => new(job);
}
