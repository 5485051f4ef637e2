using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Trains a run for one epoch and measures it on the validation cases.</summary>
/// <param name="settings">How to train.</param>
/// <param name="data">What to measure on.</param>
/// <param name="measurement">Applies the network.</param>
internal sealed class EpochTrainer(ExperimentSettings settings, CaseSplits data, RunMeasurement measurement)
{
    /// <param name="run">After any number of epochs; it is changed.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="batches">Of that seed.</param>
    /// <param name="rates">The learning rate of every step.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="stop">Ends the epoch after the current step.</param>
    /// <returns>Null when the loss or the weights became NaN or infinite.</returns>
    public EpochRecord? Train(RunState run, int seed, ITrainingBatches batches, LearningRate rates, ITrainingProgress progress, CancellationToken stop)
    {
        var epoch = run.Epochs.Count + 1;
        var (sum, firstRate, watch) = (0.0, 0.0, Stopwatch.StartNew());
        run.Loss.Epoch = epoch - 1;
        random.manual_seed(unchecked((seed * 1_000_003) + epoch)); // What dropout draws must not depend on where a run was interrupted.
        run.Network.train();
        for (var index = 0; index < batches.PerEpoch; index++)
        {
            stop.ThrowIfCancellationRequested();
            var rate = rates.At(((epoch - 1L) * batches.PerEpoch) + index, run.Epochs.Select(past => past.Cost(settings.PlateauMeasure)));
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
        var losses = measurement.Predict(run, data.Validation, (item, logits) =>
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
        var value = batches.VolumesOf(epoch, index) is { } volumes ? TiledLoss.Backward(run, images, targets, volumes) : Backward(run, images, targets);
        if (double.IsFinite(value))
        {
            run.Optimizer.Step();
        }

        return value;
    }

    private static double Backward(RunState run, Tensor images, Tensor targets)
    {
        var (logits, target) = (run.Network.call(images), run.TargetOf(targets));
        run.Balance?.Step(run.Loss, logits, target);
        var loss = run.Loss.call(logits, target);
        var value = loss.to(ScalarType.Float64).item<double>();
        if (double.IsFinite(value))
        {
            loss.backward();
        }

        return value;
    }

    /// <summary>What the loss of the epoch's last batch is made of; empty for a loss of one term.</summary>
    private static string Parts(RunState run, ITrainingBatches batches, int epoch)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var last = batches.PerEpoch - 1;
        var (images, targets) = batches.Batch(epoch, last);
        using var breakdown = batches.VolumesOf(epoch, last) is { } volumes
            ? TiledLoss.Breakdown(run, images, targets, volumes)
            : run.Loss.Breakdown(run.Network.call(images), run.TargetOf(targets));
        return breakdown.Parts.Count > 1 ? breakdown.ToString() : "";
    }
}
