using System.Buffers.Binary;

namespace SegLossBias.Experiments.Data;

/// <summary>The bytes of a header as numbers, in the byte order in which the file was written.</summary>
internal sealed class NiftiFields(byte[] bytes, bool bigEndian)
{
    public ReadOnlySpan<byte> Bytes => bytes;

    public bool BigEndian => bigEndian;

    public NiftiFields Copy() => new([.. bytes], bigEndian);

    public long Integer(int at, int size) => LittleEndian(at, size) switch
    {
        [var single] => single,
        { Length: 2 } field => BinaryPrimitives.ReadInt16LittleEndian(field),
        { Length: 4 } field => BinaryPrimitives.ReadInt32LittleEndian(field),
        var field => BinaryPrimitives.ReadInt64LittleEndian(field),
    };

    public double Real(int at, int size) => LittleEndian(at, size) switch
    {
        { Length: 4 } field => BinaryPrimitives.ReadSingleLittleEndian(field),
        var field => BinaryPrimitives.ReadDoubleLittleEndian(field),
    };

    public void PutInteger(int at, int size, long value)
    {
        Span<byte> field = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(field, value);
        field = field[..size];
        if (bigEndian)
        {
            field.Reverse();
        }

        field.CopyTo(bytes.AsSpan(at));
    }

    public void PutReal(int at, int size, double value) =>
        PutInteger(at, size, size == 4 ? BitConverter.SingleToInt32Bits((float)value) : BitConverter.DoubleToInt64Bits(value));

    private byte[] LittleEndian(int at, int size)
    {
        var field = bytes[at..(at + size)];
        if (bigEndian)
        {
            Array.Reverse(field);
        }

        return field;
    }
}
