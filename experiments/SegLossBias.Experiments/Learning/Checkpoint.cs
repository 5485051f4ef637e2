using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>The state of a run between two epochs, from which it goes on as if it had never stopped.</summary>
/// <remarks>
/// Weights, buffers, those of the best epoch, and the optimizer's state are tensors. The rates follow from the epochs
/// (<see cref="LearningRate"/>), the batches and what dropout draws from seed and epoch (<see cref="ITrainingBatches"/>,
/// <see cref="EpochTrainer"/>).
/// </remarks>
/// <param name="path">The file; it need not be there.</param>
/// <param name="settings">Of the experiment.</param>
/// <param name="key">The run.</param>
/// <param name="data">The cases, as <see cref="DataFingerprint"/>.</param>
internal sealed class Checkpoint(string path, ExperimentSettings settings, RunKey key, string data)
{
    /// <summary>What two runs must share for one to go on where the other stopped, beside the cases. The machine, and the place of the data, may be others.</summary>
    private readonly string _identity = JsonSerializer.Serialize(
        settings with { Losses = [key.Loss], Seeds = [key.Seed], Data = null, Device = "", Threads = 0 }, ResultFolder.Json);

    /// <summary>Replaces the checkpoint.</summary>
    /// <exception cref="UserError">It cannot be written; the old one is still there.</exception>
    public void Save(RunState run)
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(path, JsonSerializer.Serialize(new Header(_identity, data, run.Epochs), ResultFolder.Json), run.Tensors());
    }

    /// <summary>Brings a run that has just begun to the state of the checkpoint, if there is one.</summary>
    /// <exception cref="UserError">The file is not a whole checkpoint of this run.</exception>
    public void Restore(RunState run)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var scope = NewDisposeScope();
        var (header, tensors) = Read();
        if (header.Identity != _identity)
        {
            throw Unusable($"it is not of {key} with the settings of this experiment");
        }

        if (header.Data != data)
        {
            throw Unusable($"it needs the same cases again, {header.Data}, but there are {data}");
        }

        run.Restore(header.Epochs, name => tensors.GetValueOrDefault(name) ?? throw Unusable($"it has no {name}, so another version wrote it"));
    }

    public void Delete() => File.Delete(path);

    private (Header Header, IReadOnlyDictionary<string, Tensor> Tensors) Read()
    {
        try
        {
            var (text, tensors) = SafeTensors.Read(path);
            return (JsonSerializer.Deserialize<Header>(text, ResultFolder.Json)!, tensors);
        }
        catch (Exception cannot) when (cannot is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            throw Unusable(cannot.Message);
        }
    }

    private UserError Unusable(string why) => new($"the run cannot go on from {path}: {why}; delete it to train {key} from the start");

    private sealed record Header(string Identity, string Data, IReadOnlyList<EpochRecord> Epochs);
}
