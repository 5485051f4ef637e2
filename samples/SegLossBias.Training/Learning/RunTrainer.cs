using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static System.FormattableString;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Trains one network per loss and seed; for one seed, all losses see the same initial weights and batches.</summary>
/// <param name="settings">How to train.</param>
/// <param name="data">What to train on and measure.</param>
/// <param name="batches">The batches of a seed.</param>
/// <param name="predictor">Applies a network to whole cases.</param>
/// <param name="device">Where to train.</param>
internal sealed class RunTrainer(
    ExperimentSettings settings, CaseSplits data, Func<int, ITrainingBatches> batches, IPredictor predictor, Device device)
{
    /// <summary>Momentum of SGD, as in nnU-Net, with Nesterov's correction.</summary>
    private const double Momentum = 0.99;

    private readonly CaseEvaluator _evaluator = new(data.Classes, data.IgnoreIndex, settings.ToleranceMm);

    /// <summary>Trains a run to its end, from its checkpoint if there is one, and saves its result.</summary>
    /// <param name="run">Loss and seed.</param>
    /// <param name="folder">The experiment's folder.</param>
    /// <param name="progress">Told of every step and epoch.</param>
    /// <param name="stop">Ends after the current step; the checkpoint stays.</param>
    /// <returns>Whether the run is finished.</returns>
    public bool Train(RunKey run, string folder, ITrainingProgress progress, CancellationToken stop)
    {
        random.manual_seed(run.Seed);
        using var network = NetworkFactory.Create(settings, data.Channels, data.Classes.Count);
        using var loss = run.Loss.Create(data.IgnoreIndex);
        network.to(device);
        loss.to(device);
        using var optimizer = Optimizer(network);
        var training = batches(run.Seed);
        var runFolder = ResultFolder.RunFolder(folder, run);
        var checkpoint = new Checkpoint(Path.Combine(runFolder, "checkpoint.bin"));
        var epochs = checkpoint.Exists ? checkpoint.Load(network, optimizer) : [];
        progress.Begin(epochs.Count);
        string? note = null;
        while (epochs.Count < settings.Epochs && note is null)
        {
            var watch = Stopwatch.StartNew();
            loss.Epoch = epochs.Count;
            if (Epoch(network, loss, optimizer, training, epochs, progress, stop) is not { } trained)
            {
                return false;
            }

            if (!double.IsFinite(trained))
            {
                note = Invariant($"the loss became {trained} in epoch {epochs.Count + 1} of {settings.Epochs}");
                break;
            }

            var seconds = watch.Elapsed.TotalSeconds;
            epochs.Add(Record(network, loss, training, epochs, trained, seconds));
            checkpoint.Save(network, optimizer, epochs);
            progress.Epoch(epochs[^1]);
        }

        Finish(network, run, folder, epochs, note);
        checkpoint.Delete();
        return true;
    }

    /// <returns>The mean loss of the epoch; not finite as soon as a batch's loss is not; null if stopped.</returns>
    private double? Epoch(
        nn.Module<Tensor, Tensor> network, SegmentationLoss loss, OptimizerHelper optimizer, ITrainingBatches training,
        List<EpochRecord> epochs, ITrainingProgress progress, CancellationToken stop)
    {
        network.train();
        var sum = 0.0;
        for (var index = 0; index < training.PerEpoch; index++)
        {
            if (stop.IsCancellationRequested)
            {
                return null;
            }

            SetLearningRate(optimizer, RateAt(epochs, index, training));
            var value = Step(network, loss, optimizer, training.Batch(epochs.Count + 1, index));
            if (!double.IsFinite(value))
            {
                return value;
            }

            sum += value;
            progress.Step(value);
        }

        return sum / training.PerEpoch;
    }

    /// <summary>A loss that is not finite changes no weight.</summary>
    private static double Step(nn.Module<Tensor, Tensor> network, SegmentationLoss loss, OptimizerHelper optimizer, (Tensor Images, Tensor Targets) batch)
    {
        using var scope = NewDisposeScope();
        using var images = batch.Images;
        using var targets = batch.Targets;
        optimizer.zero_grad();
        var value = loss.call(network.call(images), targets);
        var number = value.to(ScalarType.Float64).item<double>();
        if (double.IsFinite(number))
        {
            value.backward();
            optimizer.step();
        }

        return number;
    }

    private EpochRecord Record(nn.Module<Tensor, Tensor> network, SegmentationLoss loss, ITrainingBatches training, List<EpochRecord> epochs, double trained, double seconds)
    {
        var rate = RateAt(epochs, 0, training);
        var parts = Parts(network, loss, training.Batch(epochs.Count + 1, training.PerEpoch - 1));
        var losses = 0.0;
        var cases = Measure(network, data.Validation, surfaces: false, (_, item, logits) => losses += Loss(loss, item, logits));
        return new(
            epochs.Count + 1, trained, losses / cases.Count, parts, rate, CaseScores.Mean(cases, OverlapMetric.Dice), CaseScores.Mean(cases, OverlapMetric.IoU),
            CaseScores.Share(cases, counts => counts.TargetSize), CaseScores.Share(cases, counts => counts.PredictedSize), seconds);
    }

    private void Finish(nn.Module<Tensor, Tensor> network, RunKey run, string folder, List<EpochRecord> epochs, string? note)
    {
        var shown = ShownCases.Load(folder);
        var runFolder = ResultFolder.RunFolder(folder, run);
        Directory.CreateDirectory(runFolder);
        var validation = Measure(network, data.Validation, surfaces: true, (index, item, logits) =>
        {
            shown.SavePrediction(runFolder, index, logits);
            SaveVolume(runFolder, item, logits);
        });
        var test = Measure(network, data.Test, surfaces: true, (_, item, logits) => SaveVolume(runFolder, item, logits));
        network.save(Path.Combine(runFolder, "weights.bin"));
        ResultFolder.SaveResult(folder, run, new(run.Loss.Text, run.Seed, data.Classes, data.Origin, epochs, validation, test, note));
    }

    /// <summary>The predicted classes of a volume as <c>predictions/NAME.nii.gz</c>, with the geometry of its labels, for viewers.</summary>
    private static void SaveVolume(string runFolder, Case item, Tensor logits)
    {
        if (item.LabelFile is { } labels)
        {
            using var predicted = logits.argmax(0);
            Directory.CreateDirectory(Path.Combine(runFolder, "predictions"));
            NiftiFile.SaveLabels(Path.Combine(runFolder, "predictions", item.Name + ".nii.gz"), predicted, NiftiFile.ReadHeader(labels));
        }
    }

    /// <param name="network">Left in evaluation mode.</param>
    /// <param name="cases">What to measure.</param>
    /// <param name="surfaces">Whether surface metrics are wanted.</param>
    /// <param name="also">Given the index, the case and its logits.</param>
    private List<CaseResult> Measure(nn.Module<Tensor, Tensor> network, IReadOnlyList<Case> cases, bool surfaces, Action<int, Case, Tensor> also)
    {
        network.eval();
        using var withoutGradient = no_grad();
        var results = new List<CaseResult>();
        foreach (var logits in predictor.Logits(network, cases))
        {
            using (logits)
            {
                also(results.Count, cases[results.Count], logits);
                results.Add(_evaluator.Measure(cases[results.Count], logits, surfaces));
            }
        }

        return results;
    }

    private double Loss(SegmentationLoss loss, Case item, Tensor logits)
    {
        using var scope = NewDisposeScope();
        return loss.call(logits.unsqueeze(0).to(device), item.Labels.unsqueeze(0).to(device)).to(ScalarType.Float64).item<double>();
    }

    private static string Parts(nn.Module<Tensor, Tensor> network, SegmentationLoss loss, (Tensor Images, Tensor Targets) batch)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        using var images = batch.Images;
        using var targets = batch.Targets;
        using var breakdown = loss.Breakdown(network.call(images), targets);
        return breakdown.Parts.Count > 1 ? breakdown.ToString() : "";
    }

    private OptimizerHelper Optimizer(nn.Module<Tensor, Tensor> network) => settings.Optimizer == OptimizerKind.Sgd
        ? optim.SGD(network.parameters(), settings.LearningRate, Momentum, nesterov: true)
        : optim.Adam(network.parameters(), settings.LearningRate);

    private double RateAt(List<EpochRecord> epochs, int index, ITrainingBatches training) => LearningRate.At(
        settings, (epochs.Count + ((double)index / training.PerEpoch)) / settings.Epochs, epochs.Select(epoch => epoch.ValidationLoss));

    private static void SetLearningRate(OptimizerHelper optimizer, double rate)
    {
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }
}
