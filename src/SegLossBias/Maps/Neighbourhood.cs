using System.Numerics;

namespace SegLossBias;

/// <summary>3·3·3 pixels as bits: bit 9·layer + 3·line + column, the middle one is 13. A set of pixels is an int.</summary>
internal static class Neighbourhood
{
    internal const int Pixels = 27;

    private const int Middle = 1 << 13;

    /// <summary>Pixels that share a face with the middle, and those that share a face or an edge.</summary>
    private static readonly int Faces = Where(pixel => Distance(pixel, 13) == 1);
    private static readonly int FacesAndEdges = Where(pixel => Distance(pixel, 13) is 1 or 2);

    /// <summary>Of each pixel, the others that touch it, and those that share a face with it.</summary>
    private static readonly int[] Touching = [.. Enumerable.Range(0, Pixels).Select(one => Where(other => other != one && Offset(one).Zip(Offset(other)).All(axis => Math.Abs(axis.First - axis.Second) <= 1)))];
    private static readonly int[] FaceTouching = [.. Enumerable.Range(0, Pixels).Select(one => Where(other => Distance(one, other) == 1))];

    /// <summary>Steps from the middle along layers, lines and columns.</summary>
    internal static int[] Offset(int pixel) => [(pixel / 9) - 1, (pixel / 3 % 3) - 1, (pixel % 3) - 1];

    /// <summary>Whether the middle pixel is simple and not the end of a line.</summary>
    internal static bool MayGo(int inside)
    {
        var neighbours = inside & ~Middle;
        return BitOperations.PopCount((uint)neighbours) > 1 && IsSimple(neighbours);
    }

    /// <summary>Whether a middle pixel with these neighbours joins one component of foreground and one of background, so that its loss changes no topology.</summary>
    internal static bool IsSimple(int neighbours)
    {
        var outside = ~neighbours & FacesAndEdges;
        var atFaces = outside & Faces;
        return neighbours != 0 && atFaces != 0
            && Reached(neighbours, neighbours, Touching) == neighbours
            && (Reached(outside, atFaces, FaceTouching) & atFaces) == atFaces;
    }

    /// <summary>Those of a set that are connected with the lowest pixel of the seeds.</summary>
    private static int Reached(int set, int seeds, int[] links)
    {
        var reached = seeds & -seeds;
        for (var front = reached; front != 0;)
        {
            var found = links[BitOperations.TrailingZeroCount(front)] & set & ~reached;
            reached |= found;
            front = (front & (front - 1)) | found;
        }

        return reached;
    }

    private static int Where(Func<int, bool> isIn) => Enumerable.Range(0, Pixels).Aggregate(0, (set, pixel) => isIn(pixel) ? set | 1 << pixel : set);

    private static int Distance(int one, int other) => Offset(one).Zip(Offset(other)).Sum(axis => Math.Abs(axis.First - axis.Second));
}
