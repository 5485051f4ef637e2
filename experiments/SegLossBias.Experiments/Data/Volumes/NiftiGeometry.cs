using System.Globalization;
using System.Numerics;

namespace SegLossBias.Experiments.Data;

/// <summary>Where the voxels of a file lie in space, by one affine: the file's sform, else its qform, else its pixdim.</summary>
/// <remarks>
/// An sform counts if its code is above 0 and its three columns are finite and span space; a qform if its code is above 0 and
/// its quaternion is finite. A file may hold all three, and programs write some of them only: nifti1.h, methods 1 to 3.
/// </remarks>
/// <param name="SpacingMm">Distance of neighbouring voxels along D, H and W: the lengths of the affine's columns.</param>
/// <param name="Axes">Where x, y and z lead, as unit vectors; null where the file has neither sform nor qform.</param>
/// <param name="OriginMm">The centre of the first voxel.</param>
internal sealed record NiftiGeometry(IReadOnlyList<double> SpacingMm, IReadOnlyList<Vector3>? Axes, Vector3 OriginMm)
{
    /// <summary>Spacings are the same that differ by less than this share of the larger one.</summary>
    private const double SpacingTolerance = 1e-3;

    /// <summary>Directions are the same whose unit vectors are less than this apart.</summary>
    private const double AxisTolerance = 1e-3;

    private const int MetreCode = 1;
    private const int MicronCode = 3;

    /// <summary>What else the file says of its geometry, that does not count; null if all of it is the same.</summary>
    public string? Disagreement { get; private init; }

    public static NiftiGeometry Read(NiftiLayout layout, NiftiFields fields)
    {
        double Real(int at, int index) => fields.Real(at + (index * layout.RealBytes), layout.RealBytes);
        bool Has(int code) => fields.Integer(code, layout.CodeBytes) > 0;
        var unit = (fields.Integer(layout.Units, layout.UnitsBytes) & 7) switch { MetreCode => 1000, MicronCode => 0.001, _ => 1.0 };
        double Spacing(int dimension) => Math.Abs(Real(layout.Pixdim, dimension)) is var stored and not 0 ? unit * stored : 1;
        var pixdim = new NiftiGeometry([Spacing(3), Spacing(2), Spacing(1)], null, default);
        var qform = Has(layout.QuaternionCode) ? Qform(pixdim, index => Real(layout.Quaternion, index), index => unit * Real(layout.Quaternion, 3 + index), Real(layout.Pixdim, 0) < 0) : null;
        var sform = Has(layout.AffineCode) ? Sform((row, column) => unit * Real(layout.Affine, (4 * row) + column)) : null;
        return sform is null ? qform ?? pixdim : sform with { Disagreement = Difference(sform, qform, pixdim) };
    }

    public static string Text(IReadOnlyList<double> spacing) => string.Join('×', spacing.Select(mm => mm.ToString("G6", CultureInfo.InvariantCulture)));

    public static string Text(Vector3 vector) => FormattableString.Invariant($"({vector.X:0.###} {vector.Y:0.###} {vector.Z:0.###})");

    public static bool AreSame(double spacing, double other) => Math.Abs(spacing - other) < SpacingTolerance * Math.Max(spacing, other);

    public bool HasSpacingOf(NiftiGeometry other) => SpacingMm.Zip(other.SpacingMm).All(pair => AreSame(pair.First, pair.Second));

    /// <summary>True also where one of the two says nothing.</summary>
    public bool HasAxesOf(NiftiGeometry other) =>
        Axes is null || other.Axes is null || Axes.Zip(other.Axes).All(pair => Vector3.Distance(pair.First, pair.Second) < AxisTolerance);

    /// <summary>Whether the first voxels are less than half a voxel apart; true also where one of the two says nothing.</summary>
    public bool HasOriginOf(NiftiGeometry other) =>
        Axes is null || other.Axes is null || Vector3.Distance(OriginMm, other.OriginMm) < 0.5 * SpacingMm.Min();

    private static NiftiGeometry? Sform(Func<int, int, double> entry)
    {
        var lengths = Enumerable.Range(0, 3).Select(column => Math.Sqrt(Enumerable.Range(0, 3).Sum(row => entry(row, column) * entry(row, column)))).ToArray();
        Vector3 Column(int column, double scale) => new((float)(entry(0, column) / scale), (float)(entry(1, column) / scale), (float)(entry(2, column) / scale));
        Vector3[] axes = [.. lengths.Select((length, column) => Column(column, length))];
        var (volume, origin) = (Vector3.Dot(axes[0], Vector3.Cross(axes[1], axes[2])), Column(3, 1));
        return Math.Abs(volume) > AxisTolerance && float.IsFinite(volume) && float.IsFinite(origin.Length())
            ? new([lengths[2], lengths[1], lengths[0]], axes, origin) : null;
    }

    /// <param name="pixdim">Gives the spacing.</param>
    /// <param name="part">b, c and d of the quaternion.</param>
    /// <param name="offset">The origin.</param>
    /// <param name="mirrored">Whether z runs backwards, as pixdim[0] says.</param>
    private static NiftiGeometry? Qform(NiftiGeometry pixdim, Func<int, double> part, Func<int, double> offset, bool mirrored)
    {
        var (b, c, d) = (part(0), part(1), part(2));
        var a = Math.Sqrt(Math.Max(0, 1 - ((b * b) + (c * c) + (d * d))));
        var turn = Quaternion.Normalize(new((float)b, (float)c, (float)d, (float)a));
        Vector3[] axes = [.. new[] { Vector3.UnitX, Vector3.UnitY, mirrored ? -Vector3.UnitZ : Vector3.UnitZ }.Select(axis => Vector3.Transform(axis, turn))];
        var origin = new Vector3((float)offset(0), (float)offset(1), (float)offset(2));
        return axes.All(axis => float.IsFinite(axis.Length())) && float.IsFinite(origin.Length()) ? pixdim with { Axes = axes, OriginMm = origin } : null;
    }

    private static string? Difference(NiftiGeometry sform, NiftiGeometry? qform, NiftiGeometry pixdim)
    {
        var axes = sform.Axes!;
        return !sform.HasSpacingOf(pixdim) ? $"its sform has voxels of {Text(sform.SpacingMm)} mm, its pixdim of {Text(pixdim.SpacingMm)} mm; the sform counts"
            : qform is not null && !(sform.HasAxesOf(qform) && sform.HasOriginOf(qform)) ? "its sform and its qform place the voxels differently; the sform counts"
            : Enumerable.Range(0, 3).Any(i => Math.Abs(Vector3.Dot(axes[i], axes[(i + 1) % 3])) > AxisTolerance) ? "the axes of its sform are not at right angles; distances are measured as if they were"
            : null;
    }
}
