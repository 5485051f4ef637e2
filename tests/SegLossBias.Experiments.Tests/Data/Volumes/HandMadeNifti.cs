using System.IO.Compression;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

/// <summary>Writes NIfTI files field by field, at the byte positions of nifti1.h and nifti2.h, apart from the code under test.</summary>
internal sealed record HandMadeNifti
{
    /// <summary>1 or 2.</summary>
    public int Version { get; init; } = 1;

    public bool BigEndian { get; init; }

    /// <summary>Number of dimensions, then X, Y, Z, …</summary>
    public long[] Dim { get; init; } = [3, 1, 1, 1];

    public double[] Pixdim { get; init; } = [-1, 1, 1, 1];

    public NiftiType Type { get; init; } = NiftiType.UInt8;

    public double Slope { get; init; } = 1;

    public double Intercept { get; init; }

    public int Units { get; init; } = 2;

    public string? Magic { get; init; }

    public double? Offset { get; init; }

    /// <summary>The affine, row by row or only its beginning; counts where its code is above 0.</summary>
    public double[] Affine { get; init; } = [0.5, 0.25, -1, 33];

    public int AffineCode { get; init; }

    /// <summary>b, c and d; count where their code is above 0 and that of the affine is not.</summary>
    public double[] Quaternion { get; init; } = [0, 0, 0];

    public int QuaternionCode { get; init; }

    /// <summary>Where the first voxel lies by the quaternion.</summary>
    public double[] Origin { get; init; } = [0, 0, 0];

    /// <summary>Stored numbers, X fastest.</summary>
    public double[] Voxels { get; init; } = [0];

    public static HandMadeNifti Of(NiftiType type, long[] dim, IEnumerable<double> voxels) =>
        new() { Type = type, Dim = dim, Voxels = [.. voxels] };

    public byte[] Bytes()
    {
        var (size, first) = Version == 1 ? (348, 352) : (540, 544);
        var offset = Offset ?? first;
        var stored = Voxels.SelectMany(Stored).ToArray();
        var start = double.IsFinite(offset) && offset >= first ? (int)offset : first;
        var bytes = new byte[start + stored.Length];
        Integer(0, 4, size);
        if (Version == 1)
        {
            Fields(dim: (40, 2), type: 70, reals: (76, 4), slope: 112, units: (123, 1), codes: (252, 2), magic: 344, magicText: "n+1\0");
            Real(108, 4, offset);
        }
        else
        {
            Fields(dim: (16, 8), type: 12, reals: (104, 8), slope: 176, units: (500, 4), codes: (344, 4), magic: 4, magicText: "n+2\0\r\n\u001a\n");
            Integer(168, 8, (long)offset);
        }

        stored.CopyTo(bytes, start);
        return bytes;

        void Fields((int At, int Size) dim, int type, (int At, int Size) reals, int slope, (int At, int Size) units, (int At, int Size) codes, int magic, string magicText)
        {
            for (var i = 0; i < Dim.Length; i++)
            {
                Integer(dim.At + (i * dim.Size), dim.Size, Dim[i]);
            }

            Integer(type, 2, (long)Type);
            for (var i = 0; i < Pixdim.Length; i++)
            {
                Real(reals.At + (i * reals.Size), reals.Size, Pixdim[i]);
            }

            Real(slope, reals.Size, Slope);
            Real(slope + reals.Size, reals.Size, Intercept);
            Integer(units.At, units.Size, Units);
            Integer(codes.At, codes.Size, QuaternionCode);
            Integer(codes.At + codes.Size, codes.Size, AffineCode);
            foreach (var (i, value) in Quaternion.Concat(Origin).Concat(Affine).Index())
            {
                Real(codes.At + (2 * codes.Size) + (i * reals.Size), reals.Size, value);
            }

            System.Text.Encoding.ASCII.GetBytes(Magic ?? magicText).CopyTo(bytes, magic);
        }

        void Integer(int at, int length, long value) => InOrder(BitConverter.GetBytes(value)[..length]).CopyTo(bytes, at);

        void Real(int at, int length, double value) =>
            InOrder(length == 4 ? BitConverter.GetBytes((float)value) : BitConverter.GetBytes(value)).CopyTo(bytes, at);
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>Saves it, compressed if the path ends in .gz.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, path.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(Bytes()) : Bytes());
    }

    private byte[] InOrder(byte[] littleEndian) => BigEndian ? [.. littleEndian.Reverse()] : littleEndian;

    private byte[] Stored(double value) => InOrder(Type switch
    {
        NiftiType.UInt8 => [(byte)value],
        NiftiType.Int8 => [(byte)(sbyte)value],
        NiftiType.UInt16 => BitConverter.GetBytes((ushort)value),
        NiftiType.Int16 => BitConverter.GetBytes((short)value),
        NiftiType.UInt32 => BitConverter.GetBytes((uint)value),
        NiftiType.Int32 => BitConverter.GetBytes((int)value),
        NiftiType.UInt64 => BitConverter.GetBytes((ulong)value),
        NiftiType.Int64 => BitConverter.GetBytes((long)value),
        NiftiType.Float32 => BitConverter.GetBytes((float)value),
        _ => BitConverter.GetBytes(value),
    });
}
