using System.Numerics;

namespace SegLossBias;

/// <summary>
/// The pixels of a cell of 2×2 or 2×2×2 neighbours as bits of a code. The position of a bit, in binary, has one digit
/// per axis, the first axis first: pixels are neighbours along an axis when the positions differ in its digit.
/// </summary>
/// <param name="axes">2 or 3.</param>
internal readonly struct CellGroups(int axes)
{
    private int Pixels => 1 << axes;

    /// <summary>The code of a cell inside the mask.</summary>
    internal int Full => (1 << Pixels) - 1;

    /// <summary>
    /// Groups of connected pixels on the smaller side of the surface, of which each cuts off a piece of its own. A code and
    /// its complement have the same surface.
    /// </summary>
    internal IEnumerable<int> Of(int code)
    {
        var left = 2 * BitOperations.PopCount((uint)code) <= Pixels ? code : Full - code;
        while (left != 0)
        {
            var group = Connected(left);
            yield return group;
            left -= group;
        }
    }

    /// <summary>Pairs of neighbours along each axis.</summary>
    internal int[] Edges(int group)
    {
        var edges = new int[axes];
        for (var axis = 0; axis < axes; axis++)
        {
            for (var pixel = 0; pixel < Pixels; pixel++)
            {
                edges[axis] += pixel < Neighbour(pixel, axis) && Has(group, pixel) && Has(group, Neighbour(pixel, axis)) ? 1 : 0;
            }
        }

        return edges;
    }

    /// <summary>The axis of the edge in the middle of a bent row of four pixels, or −1 for three pixels around a fourth.</summary>
    internal int MiddleAxis(int group)
    {
        for (var axis = 0; axis < axes; axis++)
        {
            for (var pixel = 0; pixel < Pixels; pixel++)
            {
                var neighbour = Neighbour(pixel, axis);
                if (Has(group, pixel) && Has(group, neighbour) && Neighbours(group, pixel) == 2 && Neighbours(group, neighbour) == 2)
                {
                    return axis;
                }
            }
        }

        return -1;
    }

    private static bool Has(int group, int pixel) => (group >> pixel & 1) == 1;

    private int Neighbour(int pixel, int axis) => pixel ^ (Pixels >> (axis + 1));

    private int Neighbours(int group, int pixel)
    {
        var count = 0;
        for (var axis = 0; axis < axes; axis++)
        {
            count += group >> Neighbour(pixel, axis) & 1;
        }

        return count;
    }

    /// <summary>Those of the set that its lowest pixel is connected to.</summary>
    private int Connected(int set)
    {
        var group = set & -set;
        for (var round = 0; round < Pixels; round++)
        {
            for (var pixel = 0; pixel < Pixels; pixel++)
            {
                if (Has(set, pixel) && Neighbours(group, pixel) > 0)
                {
                    group |= 1 << pixel;
                }
            }
        }

        return group;
    }
}
