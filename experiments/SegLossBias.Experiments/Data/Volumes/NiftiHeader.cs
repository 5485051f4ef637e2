using System.Buffers.Binary;

namespace SegLossBias.Experiments.Data;

/// <summary>The header of a NIfTI-1 or NIfTI-2 file (.nii).</summary>
/// <remarks>
/// Voxel (x, y, z, t) is number x + X·(y + Y·(z + Z·t)), so the voxels in order are a tensor [T,Z,Y,X]: channels, depth,
/// height and width. Field by field: nifti1.h and nifti2.h, https://nifti.nimh.nih.gov.
/// </remarks>
internal sealed class NiftiHeader
{
    /// <summary>More voxels than this (2 GiB as float32) are taken for a damaged header.</summary>
    public const long MostVoxels = 1 << 29;

    /// <summary>Voxels that begin further behind the header, in bytes, are taken for a damaged header: extensions are small.</summary>
    private const long MostExtensions = 1 << 26;

    private readonly NiftiLayout _layout;
    private readonly NiftiFields _fields;

    private NiftiHeader(NiftiLayout layout, NiftiFields fields) => (_layout, _fields, Geometry) = (layout, fields, NiftiGeometry.Read(layout, fields));

    public ReadOnlySpan<byte> Bytes => _fields.Bytes;

    public bool BigEndian => _fields.BigEndian;

    public NiftiType Type => (NiftiType)_fields.Integer(_layout.Type, 2);

    public int VoxelBytes => Type switch
    {
        NiftiType.UInt8 or NiftiType.Int8 => 1,
        NiftiType.Int16 or NiftiType.UInt16 => 2,
        NiftiType.Int32 or NiftiType.UInt32 or NiftiType.Float32 => 4,
        NiftiType.Int64 or NiftiType.UInt64 or NiftiType.Float64 => 8,
        _ => throw new InvalidVolumeException(FormattableString.Invariant(
            $"datatype {(int)Type} is not supported; whole and real numbers of 8 to 64 bits are")),
    };

    /// <summary>Extent of the fourth dimension; 1 for a plain volume.</summary>
    public long Channels => Extent(4);

    /// <summary>[D, H, W].</summary>
    public IReadOnlyList<long> Space => [Extent(3), Extent(2), Extent(1)];

    /// <summary>Numbers in the file: C·D·H·W.</summary>
    public long Count => Extent(1) * Extent(2) * Extent(3) * Channels;

    /// <summary>Where the voxels lie.</summary>
    public NiftiGeometry Geometry { get; }

    /// <summary>Distance of neighbouring voxels along D, H and W in mm; 1 where the file says nothing.</summary>
    public IReadOnlyList<double> SpacingMm => Geometry.SpacingMm;

    /// <summary>Byte of the file at which the voxels begin.</summary>
    public long DataOffset => StoredOffset == 0 ? _layout.FirstOffset : (long)StoredOffset;

    /// <summary>A value is Slope · stored + Intercept.</summary>
    public (double Slope, double Intercept) Scaling =>
        Real(_layout.Slope) is var slope && double.IsFinite(slope) && slope != 0 ? (slope, Real(_layout.Intercept)) : (1, 0);

    private double StoredOffset => _layout.OffsetIsReal ? Real(_layout.Offset) : _fields.Integer(_layout.Offset, 8);

    /// <summary>Reads and checks a header; the stream then stands behind it.</summary>
    /// <exception cref="InvalidVolumeException">Nothing that can be read; the message says why, in one line.</exception>
    /// <exception cref="EndOfStreamException">The stream is shorter than a header.</exception>
    public static NiftiHeader Read(Stream stream)
    {
        var first = new byte[4];
        stream.ReadExactly(first);
        var bigEndian = first[0] == 0;
        var size = bigEndian ? BinaryPrimitives.ReadInt32BigEndian(first) : BinaryPrimitives.ReadInt32LittleEndian(first);
        var layout = NiftiLayout.OfSize(size)
            ?? throw new InvalidVolumeException(FormattableString.Invariant($"not a NIfTI file: the header gives its size as {size}, not 348 or 540"));
        var bytes = new byte[layout.Size];
        first.CopyTo(bytes, 0);
        stream.ReadExactly(bytes.AsSpan(first.Length));
        var header = new NiftiHeader(layout, new NiftiFields(bytes, bigEndian));
        header.Check();
        return header;
    }

    /// <summary>The header of a uint8 label map in this one's space: same geometry, units and byte order.</summary>
    public NiftiHeader ForLabels()
    {
        var fields = _fields.Copy();
        fields.PutInteger(_layout.Dim, _layout.DimBytes, 3);
        for (var i = 1; i <= 7; i++)
        {
            fields.PutInteger(_layout.Dim + (i * _layout.DimBytes), _layout.DimBytes, i <= 3 ? Extent(i) : 1);
        }

        fields.PutInteger(_layout.Type, 2, (long)NiftiType.UInt8);
        fields.PutInteger(_layout.Type + 2, 2, 8);
        fields.PutReal(_layout.Slope, _layout.RealBytes, 1);
        foreach (var at in (ReadOnlySpan<int>)[_layout.Intercept, _layout.Brightest, _layout.Darkest])
        {
            fields.PutReal(at, _layout.RealBytes, 0);
        }

        if (_layout.OffsetIsReal)
        {
            fields.PutReal(_layout.Offset, _layout.RealBytes, _layout.FirstOffset);
        }
        else
        {
            fields.PutInteger(_layout.Offset, 8, _layout.FirstOffset);
        }

        return new NiftiHeader(_layout, fields);
    }

    private void Check()
    {
        var magic = Bytes.Slice(_layout.MagicAt, _layout.Magic.Length);
        InvalidVolumeException.Unless(!magic.StartsWith("ni"u8), $"the header of a pair of files (.hdr, .img); convert the pair to one .nii file");
        InvalidVolumeException.Unless(magic.SequenceEqual(_layout.Magic), $"not a NIfTI file: the mark of the format is missing");
        _ = VoxelBytes;

        var dimensions = Dim(0);
        InvalidVolumeException.Unless(dimensions is >= 1 and <= 7, $"{dimensions} dimensions; 1 to 7 are possible");
        var count = (Int128)1;
        for (var i = 1; i <= dimensions; i++)
        {
            InvalidVolumeException.Unless(Dim(i) >= 1, $"dimension {i} has the extent {Dim(i)}");
            InvalidVolumeException.Unless(i <= 4 || Dim(i) == 1, $"dimension {i} has the extent {Dim(i)}; only four dimensions can be read");
            count *= Dim(i);
            InvalidVolumeException.Unless(count <= MostVoxels, $"more than {MostVoxels} voxels");
        }

        InvalidVolumeException.Unless(SpacingMm.All(double.IsFinite), $"a voxel spacing is not a finite number");
        InvalidVolumeException.Unless(double.IsFinite(Scaling.Intercept), $"the intercept of the values is not a finite number");
        InvalidVolumeException.Unless(
            StoredOffset == 0 || (double.IsInteger(StoredOffset) && StoredOffset >= _layout.FirstOffset && StoredOffset < long.MaxValue / 2),
            $"the voxels begin at byte {StoredOffset}, which does not lie behind the header");
        InvalidVolumeException.Unless(StoredOffset <= MostExtensions, $"the voxels begin at byte {StoredOffset}; up to {MostExtensions} can be read");
    }

    private long Dim(int index) => _fields.Integer(_layout.Dim + (index * _layout.DimBytes), _layout.DimBytes);

    private long Extent(int dimension) => dimension <= Dim(0) ? Dim(dimension) : 1;

    private double Real(int at) => _fields.Real(at, _layout.RealBytes);
}
