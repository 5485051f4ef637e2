using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>Reads volumes from .nii and .nii.gz files (NIfTI-1 and NIfTI-2), and writes label maps.</summary>
internal static class NiftiFile
{
    /// <summary>A deflate stream is at most this many times shorter than what it holds.</summary>
    private const long MostCompression = 1032;

    private const int ChunkBytes = 1 << 16;

    /// <summary>Bytes that may follow the voxels.</summary>
    private const long MostBehind = 1 << 20;

    /// <exception cref="InvalidVolumeException">The file is damaged or of an unsupported kind; the message says why, in one line.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static NiftiVolume Read(string path) => Open(path, (stream, longest) =>
    {
        var header = NiftiHeader.Read(stream);
        if (header.DataOffset + (header.Count * header.VoxelBytes) > longest)
        {
            throw new EndOfStreamException();
        }

        Skip(stream, header.DataOffset - header.Bytes.Length);
        var values = new float[header.Count];
        Fill(stream, header, values);
        RequireEnd(stream);
        return new NiftiVolume(header, values);
    });

    /// <inheritdoc cref="Read"/>
    public static NiftiHeader ReadHeader(string path) => Open(path, (stream, _) => NiftiHeader.Read(stream));

    /// <summary>Saves a label map with the geometry of another file, so that viewers show both in one place.</summary>
    /// <param name="path">Where to; compressed if it ends in .gz. Appears whole or not at all.</param>
    /// <param name="labels">[D,H,W], whole numbers from 0 to 255.</param>
    /// <param name="like">The header of the file whose space this is.</param>
    public static void SaveLabels(string path, Tensor labels, NiftiHeader like)
    {
        if (!labels.shape.SequenceEqual(like.Space))
        {
            throw new ArgumentException($"labels are [{string.Join(", ", labels.shape)}], but the header is of [{string.Join(", ", like.Space)}]", nameof(labels));
        }

        using var scope = NewDisposeScope();
        var draft = path + ".part";
        using (var file = File.Create(draft))
        using (var stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.Optimal) : (Stream)file)
        {
            stream.Write(like.ForLabels().Bytes);
            stream.Write(new byte[4]);
            foreach (var slice in labels.to(ScalarType.Byte).cpu().contiguous().unbind())
            {
                stream.Write(slice.bytes);
            }
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Opens a file, compressed or not, and says how many bytes it can hold at most.</summary>
    private static T Open<T>(string path, Func<Stream, long, T> read)
    {
        InvalidVolumeException.Unless(PlainFile.HasContent(path), $"the file {PlainFile.Otherwise}");
        using var file = File.OpenRead(path);
        var compressed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        try
        {
            // Unlike GZipStream this one notices when checksums are missing.
            using var stream = compressed ? new GZipInputStream(file, ChunkBytes) : (Stream)file;
            return read(stream, compressed ? file.Length * MostCompression : file.Length);
        }
        catch (Exception damaged) when (damaged is EndOfStreamException || (compressed && IsDamage(damaged)))
        {
            throw new InvalidVolumeException(compressed ? "the compressed data is damaged or ends too early" : "the file ends too early");
        }
    }

    /// <summary>What <see cref="GZipInputStream"/> throws; the second of these where a code of the data is none of its tables'.</summary>
    private static bool IsDamage(Exception exception) => exception is SharpZipBaseException or IndexOutOfRangeException;

    /// <summary>Reads on to the end, where the checksums of compressed data are compared: it must be near, a few bytes may pack gigabytes.</summary>
    private static void RequireEnd(Stream stream)
    {
        var chunk = new byte[ChunkBytes];
        for (long behind = 0; stream.Read(chunk) is > 0 and var count;)
        {
            behind += count;
            InvalidVolumeException.Unless(behind <= MostBehind, $"more than {MostBehind} bytes follow the voxels that the header describes; save the volume again");
        }
    }

    private static void Skip(Stream stream, long count)
    {
        var chunk = new byte[ChunkBytes];
        for (; count > 0; count -= chunk.Length)
        {
            stream.ReadExactly(chunk, 0, (int)Math.Min(count, chunk.Length));
        }
    }

    private static void Fill(Stream stream, NiftiHeader header, Span<float> values)
    {
        var (slope, intercept) = header.Scaling;
        var size = header.VoxelBytes;
        var swap = header.BigEndian == BitConverter.IsLittleEndian;
        var chunk = new byte[ChunkBytes];
        while (values.Length > 0)
        {
            var count = Math.Min(values.Length, chunk.Length / size);
            var bytes = chunk.AsSpan(0, count * size);
            stream.ReadExactly(bytes);
            for (var i = 0; swap && i < bytes.Length; i += size)
            {
                bytes.Slice(i, size).Reverse();
            }

            Convert(header.Type, bytes, values[..count], slope, intercept);
            values = values[count..];
        }
    }

    private static void Convert(NiftiType type, ReadOnlySpan<byte> bytes, Span<float> values, double slope, double intercept)
    {
        switch (type)
        {
            case NiftiType.UInt8: Convert<byte>(bytes, values, slope, intercept); break;
            case NiftiType.Int8: Convert<sbyte>(bytes, values, slope, intercept); break;
            case NiftiType.UInt16: Convert<ushort>(bytes, values, slope, intercept); break;
            case NiftiType.Int16: Convert<short>(bytes, values, slope, intercept); break;
            case NiftiType.UInt32: Convert<uint>(bytes, values, slope, intercept); break;
            case NiftiType.Int32: Convert<int>(bytes, values, slope, intercept); break;
            case NiftiType.UInt64: Convert<ulong>(bytes, values, slope, intercept); break;
            case NiftiType.Int64: Convert<long>(bytes, values, slope, intercept); break;
            case NiftiType.Float32: Convert<float>(bytes, values, slope, intercept); break;
            default: Convert<double>(bytes, values, slope, intercept); break;
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> bytes, Span<float> values, double slope, double intercept)
        where T : unmanaged, INumberBase<T>
    {
        var stored = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((slope * double.CreateTruncating(stored[i])) + intercept);
        }
    }
}
