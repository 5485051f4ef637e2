using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Trains one network per loss and seed; for one seed, all losses see the same initial weights and batches.</summary>
internal sealed class Trainer(RunSettings settings, DataSplits data, Device device)
{
    /// <summary>Background and foreground, told apart by softmax as in the paper.</summary>
    private const int Classes = 2;

    private readonly Evaluator _evaluator = new(settings.Batch);

    public int StepsPerRun => settings.Epochs * Batches.Count(data.Train.Count, settings.Batch);

    /// <param name="run">Says loss and seed, and receives the results epoch by epoch.</param>
    /// <param name="shown">Validation pictures whose predicted masks are kept.</param>
    /// <param name="progress">Told of every step and epoch.</param>
    /// <param name="stop">Ends the run after the current step.</param>
    public void Train(Run run, IReadOnlyCollection<int> shown, IRunProgress progress, CancellationToken stop)
    {
        random.manual_seed(run.Seed);
        using var net = new UNet(data.Train.Channels, settings.Widths, Classes);
        using var loss = LossFactory.Create(run.Loss, new LossOptions { Mode = SegmentationMode.Multiclass });
        net.to(device);
        loss.to(device);
        using var optimizer = optim.Adam(net.parameters(), settings.LearningRate);
        var step = 0;
        for (var epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            loss.Epoch = epoch - 1;
            net.train();
            var watch = Stopwatch.StartNew();
            var sum = 0.0;
            var batches = Batches.Shuffled(data.Train.Count, settings.Batch, run.Seed, epoch);
            foreach (var batch in batches)
            {
                if (stop.IsCancellationRequested)
                {
                    run.Note = $"stopped in epoch {epoch} of {settings.Epochs}";
                    return;
                }

                SetLearningRate(optimizer, (double)step++ / StepsPerRun);
                var value = Step(net, loss, optimizer, batch);
                if (!double.IsFinite(value))
                {
                    run.Note = $"the loss became {value} in epoch {epoch} of {settings.Epochs}";
                    return;
                }

                sum += value;
                progress.Step(value);
            }

            var seconds = watch.Elapsed.TotalSeconds;
            run.Validation = _evaluator.Evaluate(net, data.Validation, shown, run.Masks);
            run.Epochs.Add(new EpochResult(
                epoch, sum / batches.Count, Parts(net, loss, batches[^1]), Score.Of(run.Validation), seconds));
            progress.Epoch(run.Epochs[^1]);
        }

        if (data.Test is not null)
        {
            run.Test = _evaluator.Evaluate(net, data.Test, [], []);
        }
    }

    private double Step(UNet net, SegmentationLoss loss, optim.Optimizer optimizer, long[] batch)
    {
        using var scope = NewDisposeScope();
        var (images, targets) = data.Train.Batch(batch);
        optimizer.zero_grad();
        var value = loss.call(net.call(images), targets);
        value.backward();
        optimizer.step();
        return value.to(ScalarType.Float64).item<double>();
    }

    private string Parts(UNet net, SegmentationLoss loss, long[] batch)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var (images, targets) = data.Train.Batch(batch);
        using var breakdown = loss.Breakdown(net.call(images), targets);
        return breakdown.Parts.Count > 1 ? breakdown.ToString() : "";
    }

    private void SetLearningRate(Adam optimizer, double progress)
    {
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
        }
    }
}
