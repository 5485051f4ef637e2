using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>One run of a tiny network, and what tests compare of it.</summary>
internal static class TinyRun
{
    internal static readonly RunKey Key = new(LossSpec.Parse("RCE(L1)"), 1);

    internal static float[] Weights(RunState state)
    {
        using var scope = NewDisposeScope();
        return [.. state.Network.parameters().SelectMany(parameter => parameter.detach().data<float>().ToArray())];
    }

    internal static string Checkpoint(TemporaryFolder folder) => folder["runs", Key.FolderName, RunTrainer.CheckpointFile];

    internal static RunResult Train(ExperimentSettings settings, CaseSplits data, TemporaryFolder folder, RunKey? key = null, IPredictor? predictor = null)
    {
        using var progress = new RecordedProgress();
        return Tiny.Trainer(settings, data, predictor).Train(key ?? Key, folder.Path, progress, progress.Stop)!;
    }

    internal static string Text(RunResult result) => JsonSerializer.Serialize(
        result with { Epochs = [.. result.Epochs.Select(epoch => epoch with { Seconds = 0 })] }, ResultFolder.Json);
}
