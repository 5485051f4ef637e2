namespace SegLossBias;

/// <summary>What sizes the arrays of a <see cref="Tile{TLanes, T}"/>.</summary>
/// <param name="Rows">Rows of a matrix: the classes of a softmax, 1 where channels are on their own.</param>
/// <param name="Stride">From a row to the next, in numbers.</param>
/// <param name="Temperatures">How many softmaxes there are beside that with τ = 1.</param>
internal readonly record struct TileShape(int Rows, int Stride, int Temperatures);
