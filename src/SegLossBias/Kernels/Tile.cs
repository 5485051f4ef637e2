namespace SegLossBias;

/// <summary>
/// The scratch memory of one thread, cut into the arrays of a tile: a few hundred pixels that stay in the caches while they
/// go through all stages. A matrix has a row for each class and a column for each pixel; a row has a number for each pixel.
/// The constructor is the one statement of the layout, and <see cref="Bytes"/> measures by it.
/// </summary>
internal readonly unsafe struct Tile<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>Matrix of logits z; a row where channels are on their own. Rows are <see cref="LogitStride"/> apart.</summary>
    internal readonly T* Logits;

    /// <summary>From a row of logits to the next, in numbers: the tile's stride, or that of memory where logits are read in place.</summary>
    internal readonly long LogitStride;

    /// <summary>Row: the largest logit of each pixel.</summary>
    internal readonly T* Max;

    /// <summary>Row: the logit of each pixel's true class; in backward then what the gradient gets for that class.</summary>
    internal readonly T* TrueClass;

    /// <summary>Row, in backward: what the gradient of the true-class statistics multiplies the powers by.</summary>
    internal readonly T* Scale;

    /// <summary>Row: labels as numbers of the kernel's type, -1 where the pixel is ignored or padding.</summary>
    internal readonly T* Label;

    /// <summary>Row: labels as integers, likewise.</summary>
    internal readonly int* Index;

    /// <summary>For each vector of pixels the label they share, or what <see cref="LabelTile{TLanes, T}"/> says instead.</summary>
    internal readonly int* Group;

    /// <summary>Room for three vectors.</summary>
    internal readonly T* Vectors;

    /// <summary>The softmax with τ = 1.</summary>
    internal readonly TileSoftmax<T> Softmax;

    /// <summary>Rows of a matrix.</summary>
    internal readonly int Rows;

    /// <summary>From a row to the next, in numbers.</summary>
    internal readonly int Stride;

    private readonly T* _tempered;
    private readonly T* _end;

    /// <param name="shape">How large the arrays are.</param>
    /// <param name="scratch">Where they lie, aligned to a cache line.</param>
    internal Tile(TileShape shape, byte* scratch)
    {
        (Rows, Stride, LogitStride) = (shape.Rows, shape.Stride, shape.Stride);
        var next = (T*)scratch;
        Logits = Take(ref next, (long)Rows * Stride);
        Max = Take(ref next, Stride);
        TrueClass = Take(ref next, Stride);
        Scale = Take(ref next, Stride);
        Label = Take(ref next, Stride);
        Index = (int*)Take(ref next, Stride);
        Group = (int*)Take(ref next, Stride);
        Vectors = Take(ref next, Lines.Whole(3 * TLanes.Count));
        Softmax = new(next, Rows, Stride, out next);
        _tempered = next;
        _end = next + (shape.Temperatures * (next - Softmax.Powers));
    }

    /// <summary>The same tile with logits that lie elsewhere.</summary>
    internal Tile(in Tile<TLanes, T> tile, PlaneRows<T> logits)
    {
        this = tile;
        Logits = logits.At(0);
        LogitStride = logits.Stride;
    }

    /// <summary>The gradient with respect to the logits takes the place of the powers.</summary>
    internal T* Gradient => Softmax.Powers;

    /// <summary>How much memory a tile takes.</summary>
    internal static long Bytes(TileShape shape) => (long)(nint)new Tile<TLanes, T>(shape, null)._end;

    /// <summary>The softmax with another temperature, by its place among them.</summary>
    internal TileSoftmax<T> Tempered(int place) => new(_tempered + (place * (_tempered - Softmax.Powers)), Rows, Stride, out _);

    private static T* Take(ref T* next, long count)
    {
        var taken = next;
        next += count;
        return taken;
    }
}
