using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Trains the runs of an experiment; for one seed, all losses see the same initial weights and batches.</summary>
/// <param name="settings">How to train.</param>
/// <param name="data">What to train and measure on.</param>
/// <param name="batchesOf">The batches of a seed.</param>
/// <param name="predictor">Applies the network to whole cases.</param>
/// <param name="device">Where the network is.</param>
internal sealed class RunTrainer(
    ExperimentSettings settings, CaseSplits data, Func<int, ITrainingBatches> batchesOf, IPredictor predictor, Device device)
{
    /// <summary>Below the folder of a run: where it stands, until it is finished.</summary>
    public const string CheckpointFile = "checkpoint.safetensors";

    /// <summary>Below the folder of a run: the network that was measured, by the names of its parameters.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>Likewise, the network after the epoch that did best on the validation cases.</summary>
    public const string BestWeightsFile = "best.safetensors";

    /// <summary>How often native code may fail in one epoch: libtorch under TorchSharp now and then does, for no fault of the run.</summary>
    private const int MostDeaths = 4;

    private readonly string _fingerprint = DataFingerprint.Of(data);
    private readonly ShownCases _shown = new(data);
    private readonly RunMeasurement _measurement = new(settings, data, predictor);

    /// <summary>
    /// Trains a run, from its checkpoint if there is one, and leaves in its folder <c>result.json</c>, the weights of the last
    /// and of the best epoch, and the predicted masks of the shown cases. Such a run gives what an unbroken one gives, on the
    /// same number of threads. A run whose loss or weights become NaN or infinite ends; what it leaves is the network after the
    /// last epoch before that. A run that a failure of native code ends begins its epoch again.
    /// </summary>
    /// <param name="key">Loss and seed.</param>
    /// <param name="folder">The experiment's.</param>
    /// <param name="progress">Told of every step and epoch.</param>
    /// <param name="stop">Ends the run after the current step.</param>
    /// <returns>The result; null when stopped, then the checkpoint of the last finished epoch is there.</returns>
    /// <exception cref="ExternalException">Native code failed again and again.</exception>
    /// <exception cref="UserError">The checkpoint is not of this run or of other data, or a file cannot be written.</exception>
    public RunResult? Train(RunKey key, string folder, ITrainingProgress progress, CancellationToken stop)
    {
        var checkpoint = new Checkpoint(Path.Combine(ResultFolder.RunFolder(folder, key), CheckpointFile), settings, key, _fingerprint);
        var (deaths, epoch) = (0, -1);
        for (var attempt = 0; ; attempt++)
        {
            using var run = new RunState(settings, data, key, device);
            checkpoint.Restore(run);
            if (attempt == 0)
            {
                progress.Begin(run.Epochs.Count);
            }

            try
            {
                return Train(run, key, folder, checkpoint, progress, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return null;
            }
            catch (ExternalException death)
            {
                (deaths, epoch) = run.Epochs.Count > epoch ? (1, run.Epochs.Count) : (deaths + 1, epoch);
                if (deaths == MostDeaths)
                {
                    throw;
                }

                progress.Again(epoch, death.Message.Split('\n')[0]);
            }
        }
    }

    private RunResult Train(RunState run, RunKey key, string folder, Checkpoint checkpoint, ITrainingProgress progress, CancellationToken stop)
    {
        var runFolder = ResultFolder.RunFolder(folder, key);
        TrainEpochs(run, key, checkpoint, progress, stop);

        // The epoch that went wrong has changed the network already: back to the checkpoint, or to the initial weights.
        using var before = run.Note is null ? null : new RunState(settings, data, key, device) { Note = run.Note };
        if (before is not null)
        {
            checkpoint.Restore(before);
        }

        var sound = before ?? run;
        var (validation, test) = _measurement.Last(sound, runFolder, _shown, stop);
        var result = new RunResult(key.Loss.Text, key.Seed, data.Classes, data.Origin, sound.Epochs, validation, test, sound.Note, _fingerprint);
        _shown.Write(folder);
        SaveWeights(sound, Path.Combine(runFolder, WeightsFile));
        if (EpochRecord.Best(sound.Epochs, settings.BestMeasure) is { } best)
        {
            sound.TakeBest();
            SaveWeights(sound, Path.Combine(runFolder, BestWeightsFile));
            result = result with { Best = best == sound.Epochs[^1] ? new(best.Epoch, result.Validation, result.Test) : _measurement.Best(sound, best, stop) };
        }

        ResultFolder.SaveResult(folder, key, result);
        checkpoint.Delete();
        return result;
    }

    private void TrainEpochs(RunState run, RunKey key, Checkpoint checkpoint, ITrainingProgress progress, CancellationToken stop)
    {
        var batches = batchesOf(key.Seed);
        var trainer = new EpochTrainer(settings, data, _measurement);
        var rates = new LearningRate(settings.LearningRate, settings.Schedule, (long)settings.Epochs * batches.PerEpoch);
        while (run.Epochs.Count < settings.Epochs)
        {
            if (trainer.Train(run, key.Seed, batches, rates, progress, stop) is not { } record)
            {
                return;
            }

            run.Epochs.Add(record);
            if (EpochRecord.Best(run.Epochs, settings.BestMeasure) == record)
            {
                run.KeepBest();
            }

            checkpoint.Save(run);
            progress.Epoch(record);
        }
    }

    private static void SaveWeights(RunState run, string path) =>
        SafeTensors.Write(path, "", run.Network.state_dict().Select(entry => (entry.Key, entry.Value)));
}
