using TorchSharp;

namespace SegLossBias.Experiments.Commands;

/// <summary>Trains the runs of an experiment that are not finished, one after the other.</summary>
internal static class ExperimentTraining
{
    public static void Run(ExperimentSettings settings, CaseSplits data, torch.Device device, string folder, CancellationToken stop)
    {
        RunKey[] open = [.. settings.Runs.Where(run => !ResultFolder.HasResult(folder, run))];
        if (open.Length < settings.Runs.Count())
        {
            Console.WriteLine(FormattableString.Invariant($"{settings.Runs.Count() - open.Length} of {settings.Runs.Count()} runs are finished already"));
        }

        if (open.Length == 0)
        {
            return;
        }

        var volumes = settings.Dimensions == 3;
        ITrainingBatches Batches(int seed) => settings.WholeVolumes
            ? new WholeVolumes(data.Train, settings, seed, data.IgnoreIndex ?? VolumeLabels.IgnoredLabel)
            : volumes ? new PatchBatches(data.Train, settings, seed, device, data.FirstMeasured, data.IgnoreIndex)
            : new PictureBatches(data.Train, settings, seed, device);
        IPredictor predictor = volumes
            ? new VolumePredictor([.. settings.Size.Select(side => (long)side)], device)
            : new PicturePredictor(settings.Batch, settings.Input, device);
        var trainer = new RunTrainer(settings, data, Batches, predictor, device);
        TrainingProgress.Show(open.Length, settings.Epochs, Batches(open[0].Seed).PerEpoch, progressOf =>
        {
            foreach (var run in open.TakeWhile(_ => !stop.IsCancellationRequested))
            {
                trainer.Train(run, folder, progressOf(settings.Seeds.Count == 1 ? run.Loss.Label : FormattableString.Invariant($"{run.Loss.Label} #{run.Seed}")), stop);
            }
        });
    }
}
