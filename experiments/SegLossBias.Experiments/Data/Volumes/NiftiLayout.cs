namespace SegLossBias.Experiments.Data;

/// <summary>At which byte of a header each field lies that is read or written.</summary>
internal sealed record NiftiLayout(
    int Size, byte[] Magic, int MagicAt, int Type, int Dim, int DimBytes, int Pixdim, int RealBytes,
    int Offset, bool OffsetIsReal, int Slope, int Intercept, int Brightest, int Darkest, int Units, int UnitsBytes,
    int QuaternionCode, int AffineCode, int CodeBytes, int Quaternion, int Affine)
{
    private static readonly NiftiLayout One = new(
        Size: 348, Magic: [.. "n+1\0"u8], MagicAt: 344, Type: 70, Dim: 40, DimBytes: 2, Pixdim: 76, RealBytes: 4,
        Offset: 108, OffsetIsReal: true, Slope: 112, Intercept: 116, Brightest: 124, Darkest: 128, Units: 123, UnitsBytes: 1,
        QuaternionCode: 252, AffineCode: 254, CodeBytes: 2, Quaternion: 256, Affine: 280);

    private static readonly NiftiLayout Two = new(
        Size: 540, Magic: [.. "n+2\0\r\n\u001a\n"u8], MagicAt: 4, Type: 12, Dim: 16, DimBytes: 8, Pixdim: 104, RealBytes: 8,
        Offset: 168, OffsetIsReal: false, Slope: 176, Intercept: 184, Brightest: 192, Darkest: 200, Units: 500, UnitsBytes: 4,
        QuaternionCode: 344, AffineCode: 348, CodeBytes: 4, Quaternion: 352, Affine: 400);

    /// <summary>The first byte that voxels can have: behind the header and the four bytes that announce extensions.</summary>
    public int FirstOffset => Size + 4;

    public static NiftiLayout? OfSize(int size) => size == One.Size ? One : size == Two.Size ? Two : null;
}
