namespace SegLossBias;

/// <summary>Rows of numbers, one a channel: a matrix of a tile, or memory itself.</summary>
/// <param name="start">The first number of the first row.</param>
/// <param name="stride">From a row to the next, in numbers.</param>
internal readonly unsafe struct PlaneRows<T>(T* start, long stride)
    where T : unmanaged
{
    private readonly T* _start = start;

    internal long Stride { get; } = stride;

    internal T* At(int row) => _start + (row * Stride);
}
