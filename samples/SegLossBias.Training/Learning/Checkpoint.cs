using System.Security.Cryptography;
using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>What a run needs to go on after its last whole epoch: weights, the optimizer's state and the epochs so far.</summary>
/// <param name="path">The file. It is replaced as a whole: a kill at any moment leaves the old or the new one.</param>
/// <remarks>The file is a SHA-256 of the rest, then the rest. Order of batches and the learning rate depend on seed and epoch alone and are not in it.</remarks>
internal sealed class Checkpoint(string path)
{
    public bool Exists => File.Exists(path);

    public void Save(nn.Module network, OptimizerHelper optimizer, IReadOnlyList<EpochRecord> epochs)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(JsonSerializer.Serialize(epochs, ResultFolder.Json));
        network.save(writer);
        optimizer.save_state_dict(writer);
        writer.Flush();
        var bytes = content.ToArray();
        ResultFolder.WriteWhole(path, [.. SHA256.HashData(bytes), .. bytes]);
    }

    /// <returns>The epochs so far.</returns>
    /// <exception cref="UserError">The file is damaged, or of another network or optimizer.</exception>
    public List<EpochRecord> Load(nn.Module network, OptimizerHelper optimizer)
    {
        var bytes = File.ReadAllBytes(path);
        var content = bytes.AsSpan(Math.Min(bytes.Length, SHA256.HashSizeInBytes)).ToArray();
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(0, bytes.Length - content.Length)))
        {
            throw Unusable("it is damaged");
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(content));
            var epochs = JsonSerializer.Deserialize<List<EpochRecord>>(reader.ReadString(), ResultFolder.Json)!;
            network.load(reader);
            optimizer.load_state_dict(reader);
            return epochs;
        }
        catch (Exception foreign) when (foreign is ArgumentException or InvalidOperationException or EndOfStreamException or JsonException)
        {
            throw Unusable($"it does not belong to these settings ({foreign.Message})");
        }
    }

    public void Delete() => File.Delete(path);

    private UserError Unusable(string reason) => new($"{path} cannot be used: {reason}; delete it to begin the run anew");
}
