using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Named tensors and a text in one file that is known to be whole.</summary>
/// <remarks>
/// SHA-256 of all that follows; the text; then for each tensor 1, its name, type, number of axes, sizes and elements;
/// at the end 0. Strings and numbers as <see cref="BinaryWriter"/> writes them.
/// </remarks>
internal static class TensorFile
{
    public static void Write(string path, string text, IEnumerable<(string Name, Tensor Value)> tensors) => AtomicFile.Write(path, stream =>
    {
        stream.Position = SHA256.HashSizeInBytes;
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(text);
        foreach (var (name, value) in tensors)
        {
            writer.Write(true);
            writer.Write(name);
            Write(writer, value);
        }

        writer.Write(false);
        writer.Flush();
        stream.Position = SHA256.HashSizeInBytes;
        var hash = SHA256.HashData(stream);
        stream.Position = 0;
        stream.Write(hash);
    });

    /// <summary>Reads what <see cref="Write(string, string, IEnumerable{ValueTuple{string, Tensor}})"/> wrote; the tensors, on the CPU, belong to the current dispose scope.</summary>
    /// <returns>Null if the file is not whole, or not one of these.</returns>
    public static (string Text, Dictionary<string, Tensor> Tensors)? Read(string path)
    {
        using var stream = File.OpenRead(path);
        var hash = new byte[SHA256.HashSizeInBytes];
        if (stream.ReadAtLeast(hash, hash.Length, throwOnEndOfStream: false) < hash.Length || !SHA256.HashData(stream).AsSpan().SequenceEqual(hash))
        {
            return null;
        }

        stream.Position = SHA256.HashSizeInBytes;
        using var reader = new BinaryReader(stream);
        var text = reader.ReadString();
        var tensors = new Dictionary<string, Tensor>();
        while (reader.ReadBoolean())
        {
            tensors.Add(reader.ReadString(), ReadTensor(reader));
        }

        return (text, tensors);
    }

    private static void Write(BinaryWriter writer, Tensor value)
    {
        using var scope = NewDisposeScope();
        var whole = value.detach().cpu().contiguous();
        writer.Write((int)whole.dtype);
        writer.Write(whole.shape.Length);
        writer.Write(MemoryMarshal.AsBytes(whole.shape.AsSpan()));
        writer.Write(whole.bytes);
    }

    private static Tensor ReadTensor(BinaryReader reader)
    {
        var type = (ScalarType)reader.ReadInt32();
        var shape = new long[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(shape.AsSpan()));
        var value = empty(shape, type);
        reader.BaseStream.ReadExactly(value.bytes);
        return value;
    }
}
