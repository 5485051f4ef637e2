using System.Numerics;

namespace SegLossBias;

/// <summary>
/// The size of the surface inside a cell, by the code of the pixels at its corners that belong to the mask: the length in
/// mm of marching squares, the area in mm² of marching cubes, with vertices halfway between pixels.
/// </summary>
/// <remarks>
/// The values are those of the tables of google-deepmind/surface-distance (Nikolov et al., arXiv:1809.04430), here derived
/// from the shape of each group of corners. A cell that is wholly inside or outside has no surface.
/// </remarks>
internal static class SurfaceElementSizes
{
    /// <summary>By the number of axes.</summary>
    internal static double[] Table(ReadOnlySpan<double> spacing)
    {
        var groups = new CellGroups(spacing.Length);
        var table = new double[groups.Full + 1];
        for (var code = 1; code < groups.Full; code++)
        {
            foreach (var group in groups.Of(code))
            {
                table[code] += spacing.Length == 2 ? Length(group, groups, spacing) : Area(group, groups, spacing);
            }
        }

        return table;
    }

    /// <summary>A corner is cut off from midpoint to midpoint; two neighbours along the axis between them.</summary>
    private static double Length(int group, CellGroups groups, ReadOnlySpan<double> spacing) =>
        BitOperations.PopCount((uint)group) == 1
            ? Math.Sqrt((spacing[0] * spacing[0]) + (spacing[1] * spacing[1])) / 2
            : groups.Edges(group)[0] == 1 ? spacing[0] : spacing[1];

    private static double Area(int group, CellGroups groups, ReadOnlySpan<double> spacing)
    {
        // The faces of the cell. A triangle's normal has these for components, in eighths.
        double[] face = [spacing[1] * spacing[2], spacing[0] * spacing[2], spacing[0] * spacing[1]];
        var corner = Math.Sqrt((face[0] * face[0]) + (face[1] * face[1]) + (face[2] * face[2])) / 8;
        double Bevel(int axis) => double.Hypot(face[(axis + 1) % 3], face[(axis + 2) % 3]) / 4;

        var edges = groups.Edges(group);
        switch (BitOperations.PopCount((uint)group), edges.Sum())
        {
            case (1, _):
                return corner;
            case (2, _):
                return 2 * Bevel(Array.IndexOf(edges, 1));
            case (3, _):
                return (face[Array.IndexOf(edges, 0)] / 2) + (3 * corner);
            case (_, 4):
                return face[Array.IndexOf(edges, 0)];
            default:
                var middle = groups.MiddleAxis(group);
                return middle < 0
                    ? 6 * corner
                    : (4 * corner) + Bevel((middle + 1) % 3) + Bevel((middle + 2) % 3);
        }
    }
}
