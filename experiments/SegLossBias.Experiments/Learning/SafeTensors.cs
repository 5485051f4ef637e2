using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Named tensors and a text in a safetensors file: weights and checkpoints of the program, and weights of others.</summary>
/// <remarks>
/// The length of a header, 8 bytes; the header, JSON: dtype, shape and place of every tensor; the elements, row by row, little
/// endian. github.com/huggingface/safetensors. Files of this program have the text and a SHA-256 of text and tensors in
/// <c>__metadata__</c>, so that a file that is not whole is noticed.
/// </remarks>
internal static class SafeTensors
{
    private const string Metadata = "__metadata__";
    private const string TextKey = "text";
    private const string HashKey = "sha256";
    private const int LengthBytes = 8;
    private const int MostAxes = 16;
    private const string Damaged = "it is incomplete, damaged or no safetensors file";

    private static readonly (string Name, ScalarType Type, int Bytes)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>Replaces a file as a whole.</summary>
    /// <exception cref="UserError">It cannot be written.</exception>
    public static void Write(string path, string text, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var scope = NewDisposeScope();
        var whole = tensors.Select(entry => (entry.Name, Value: entry.Value.detach().cpu().contiguous())).ToArray();
        var header = new JsonObject();
        var place = 0L;
        foreach (var (name, value) in whole)
        {
            var (type, _, bytes) = Array.Find(Types, known => known.Type == value.dtype);
            var end = place + (bytes * value.numel());
            header.Add(name, new JsonObject { ["dtype"] = type, ["shape"] = Numbers(value.shape), ["data_offsets"] = Numbers([place, end]) });
            place = end;
        }

        header.Add(Metadata, new JsonObject { [TextKey] = text, [HashKey] = Hash(text, whole) });
        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        json = [.. json, .. Enumerable.Repeat((byte)' ', (LengthBytes - (json.Length % LengthBytes)) % LengthBytes)]; // Tensors begin at a multiple of 8.
        AtomicFile.Write(path, stream =>
        {
            var length = new byte[LengthBytes];
            BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
            stream.Write(length);
            stream.Write(json);
            foreach (var (_, value) in whole)
            {
                stream.Write(value.bytes);
            }
        });
    }

    /// <returns>The text, empty in files of others, and the tensors, on the CPU; they belong to the current dispose scope.</returns>
    /// <exception cref="InvalidDataException">It is no such file, or not whole.</exception>
    public static (string Text, IReadOnlyDictionary<string, Tensor> Tensors) Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var header = ReadHeader(stream);
            var start = stream.Position;
            var metadata = header[Metadata];
            header.Remove(Metadata);
            var places = header.Select(entry => (entry.Key, Value: new Place(entry.Value!))).OrderBy(one => one.Value.Start).ThenBy(one => one.Value.End).ToArray();
            Ensure(places.Aggregate(0L, (end, one) => one.Value.Start == end ? one.Value.End : -1) == stream.Length - start); // No byte is of two tensors or of none.
            var tensors = places.ToDictionary(one => one.Key, one => ReadTensor(stream, start, one.Value));
            var text = (string?)metadata?[TextKey] ?? "";
            Ensure((string?)metadata?[HashKey] is not { } hash || hash == Hash(text, tensors.Select(one => (one.Key, one.Value))));
            return (text, tensors);
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or ArgumentException or FormatException or EndOfStreamException or NullReferenceException)
        {
            throw new InvalidDataException(Damaged);
        }
    }

    private static JsonObject ReadHeader(FileStream stream)
    {
        var length = new byte[LengthBytes];
        stream.ReadExactly(length);
        var size = BinaryPrimitives.ReadInt64LittleEndian(length);
        Ensure(size > 0 && size <= stream.Length - LengthBytes);
        var json = new byte[size];
        stream.ReadExactly(json);
        return JsonNode.Parse(json)!.AsObject();
    }

    private static Tensor ReadTensor(FileStream stream, long start, Place place)
    {
        Ensure(place.Fits(stream.Length - start));
        var value = empty(place.Shape, place.Type, device: CPU);
        stream.Position = start + place.Start;
        stream.ReadExactly(value.bytes);
        return value;
    }

    private static string Hash(string text, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        foreach (var (name, value) in tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{name} {value.dtype} {string.Join(',', value.shape)}")));
            hash.AppendData(value.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static JsonArray Numbers(IEnumerable<long> values) => new([.. values.Select(value => (JsonNode)value)]);

    private static void Ensure(bool holds, string otherwise = Damaged)
    {
        if (!holds)
        {
            throw new InvalidDataException(otherwise);
        }
    }

    /// <summary>What the header says of a tensor.</summary>
    private sealed class Place
    {
        public Place(JsonNode entry)
        {
            var name = (string?)entry["dtype"];
            (_, Type, Bytes) = Array.Find(Types, known => known.Name == name);
            Ensure(Bytes > 0, $"it has a tensor of type {name}");
            Shape = [.. entry["shape"]!.AsArray().Select(side => (long)side!)];
            (Start, End) = ((long)entry["data_offsets"]![0]!, (long)entry["data_offsets"]![1]!);
        }

        public ScalarType Type { get; }

        public int Bytes { get; }

        public long[] Shape { get; }

        public long Start { get; }

        public long End { get; }

        /// <summary>Whether so many bytes have it, and it has as many as its shape and type say: nothing is allocated before.</summary>
        public bool Fits(long bytes)
        {
            if (Start < 0 || End < Start || End > bytes || Shape.Length > MostAxes || Shape.Any(side => side < 0))
            {
                return false;
            }

            var elements = Shape.Aggregate((Int128)1, (product, side) => product > long.MaxValue ? product : product * side);
            return elements * Bytes == End - Start;
        }
    }
}
