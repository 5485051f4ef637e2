using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
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

    /// <summary>
    /// Trains a run, from its checkpoint if there is one, and leaves in its folder <c>result.json</c>, the weights of the last
    /// and of the best epoch, and the predicted masks of the shown cases. Such a run gives what an unbroken one gives, on the same number of threads. A run
    /// whose loss or weights become NaN or infinite ends; what it leaves is the network after the last epoch before that. A run
    /// that a failure of native code ends begins its epoch again.
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
        var result = Measure(sound, key, runFolder, stop);
        _shown.Write(folder);
        SaveWeights(sound, Path.Combine(runFolder, WeightsFile));
        if (EpochRecord.Best(sound.Epochs, settings.BestMeasure) is { } best)
        {
            sound.TakeBest();
            SaveWeights(sound, Path.Combine(runFolder, BestWeightsFile));
            result = result with { Best = best == sound.Epochs[^1] ? new(best.Epoch, result.Validation, result.Test) : MeasureBest(sound, best, stop) };
        }

        ResultFolder.SaveResult(folder, key, result);
        checkpoint.Delete();
        return result;
    }

    private void TrainEpochs(RunState run, RunKey key, Checkpoint checkpoint, ITrainingProgress progress, CancellationToken stop)
    {
        var batches = batchesOf(key.Seed);
        var rates = new LearningRate(settings.LearningRate, settings.Schedule, settings.Epochs * batches.PerEpoch);
        while (run.Epochs.Count < settings.Epochs)
        {
            if (TrainEpoch(run, key, batches, rates, progress, stop) is not { } record)
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

    /// <returns>Null when the loss or the weights became NaN or infinite.</returns>
    private EpochRecord? TrainEpoch(RunState run, RunKey key, ITrainingBatches batches, LearningRate rates, ITrainingProgress progress, CancellationToken stop)
    {
        var epoch = run.Epochs.Count + 1;
        var (sum, firstRate, watch) = (0.0, 0.0, Stopwatch.StartNew());
        run.Loss.Epoch = epoch - 1;
        random.manual_seed(unchecked((key.Seed * 1_000_003) + epoch)); // What dropout draws must not depend on where a run was interrupted.
        run.Network.train();
        for (var index = 0; index < batches.PerEpoch; index++)
        {
            stop.ThrowIfCancellationRequested();
            var rate = rates.At(((epoch - 1) * batches.PerEpoch) + index, run.Epochs.Select(past => past.Cost(settings.PlateauMeasure)));
            firstRate = index == 0 ? rate : firstRate;
            var value = Step(run, batches, epoch, index, rate);
            if (!double.IsFinite(value))
            {
                run.Note = FormattableString.Invariant($"the loss became {value} in epoch {epoch} of {settings.Epochs}");
                return null;
            }

            sum += value;
            progress.Step(value);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        if (!run.IsFinite())
        {
            run.Note = FormattableString.Invariant($"the weights became NaN or infinite in epoch {epoch} of {settings.Epochs}");
            return null;
        }

        var evaluator = new CaseEvaluator(data.Classes, data.IgnoreIndex, toleranceMm: null);
        var losses = Predict(run, data.Validation, (item, logits) =>
        {
            evaluator.Add(item, logits);
            return run.LossOf(item, logits);
        }, stop);
        return new EpochRecord(
            epoch, sum / batches.PerEpoch, losses.Average(), Parts(run, batches, epoch), firstRate,
            evaluator.Dice, evaluator.Iou, evaluator.TrueSize, evaluator.PredictedSize, seconds, evaluator.PooledDice);
    }

    /// <returns>The loss before the step; if it is not finite, no step is made.</returns>
    private static double Step(RunState run, ITrainingBatches batches, int epoch, int index, double rate)
    {
        using var scope = NewDisposeScope();
        run.Optimizer.LearningRate = rate;
        var (images, targets) = batches.Batch(epoch, index);
        run.Optimizer.ZeroGradients();
        var loss = run.Loss.call(run.Network.call(images), targets);
        var value = loss.to(ScalarType.Float64).item<double>();
        if (double.IsFinite(value))
        {
            loss.backward();
            run.Optimizer.Step();
        }

        return value;
    }

    /// <summary>What the loss of the epoch's last batch is made of; empty for a loss of one term.</summary>
    private static string Parts(RunState run, ITrainingBatches batches, int epoch)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var (images, targets) = batches.Batch(epoch, batches.PerEpoch - 1);
        using var breakdown = run.Loss.Breakdown(run.Network.call(images), targets);
        return breakdown.Parts.Count > 1 ? breakdown.ToString() : "";
    }

    private RunResult Measure(RunState run, RunKey key, string runFolder, CancellationToken stop)
    {
        var evaluator = Evaluator();
        var validation = Predict(run, data.Validation, (item, logits) =>
        {
            _shown.WriteMask(runFolder, item, logits);
            SaveVolume(runFolder, item, logits);
            return evaluator.Add(item, logits);
        }, stop);
        var test = Predict(run, data.Test, (item, logits) =>
        {
            SaveVolume(runFolder, item, logits);
            return evaluator.Add(item, logits);
        }, stop);
        return new RunResult(key.Loss.Text, key.Seed, data.Classes, data.Origin, run.Epochs, validation, test, run.Note, _fingerprint);
    }

    private BestEpoch MeasureBest(RunState run, EpochRecord best, CancellationToken stop)
    {
        var evaluator = Evaluator();
        return new(best.Epoch, Predict(run, data.Validation, evaluator.Add, stop), Predict(run, data.Test, evaluator.Add, stop));
    }

    private CaseEvaluator Evaluator() => new(data.Classes, data.IgnoreIndex, settings.ToleranceMm);

    private static void SaveWeights(RunState run, string path) =>
        SafeTensors.Write(path, "", run.Network.state_dict().Select(entry => (entry.Key, entry.Value)));

    /// <summary>The predicted classes of a volume as <c>predictions/NAME.nii.gz</c>, with the geometry of its labels, for viewers.</summary>
    private static void SaveVolume(string runFolder, Case item, Tensor logits)
    {
        if (item.LabelFile is { } labels)
        {
            using var predicted = Prediction.Classes(logits);
            Directory.CreateDirectory(Path.Combine(runFolder, "predictions"));
            NiftiFile.SaveLabels(Path.Combine(runFolder, "predictions", item.Name + ".nii.gz"), predicted, NiftiFile.ReadHeader(labels));
        }
    }

    private List<T> Predict<T>(RunState run, IReadOnlyList<Case> cases, Func<Case, Tensor, T> measure, CancellationToken stop)
    {
        var results = new List<T>();
        run.Network.eval();
        using var withoutGradient = no_grad();
        foreach (var logits in cases.Count > 0 ? predictor.Logits(run.Network, cases) : [])
        {
            using (logits)
            {
                stop.ThrowIfCancellationRequested();
                results.Add(measure(cases[results.Count], logits));
            }
        }

        return results;
    }
}
