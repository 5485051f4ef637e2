using System.Text.Json;
using TorchSharp;
using TorchSharp.PyBridge;
using static SegLossBias.Experiments.Tests.Learning.TinyRun;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

public sealed class RunTrainerTests
{
    [Fact]
    public void ATinyTask_IsLearned()
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        var result = Train(Tiny.Settings(rate: 0.02, epochs: 12), data, folder);
        result.Note.Should().BeNull();
        result.Epochs[^1].TrainLoss.Should().BeLessThan(0.3 * result.Epochs[0].TrainLoss);
        result.Epochs[^1].Dice.Should().BeGreaterThan(0.8);
        result.Epochs[^1].Parts.Should().StartWith("RCE(L1)").And.Contain("L1");
        result.Epochs[^1].Dice.Should().Be(result.Validation.SelectMany(item => item.Classes).Average(found => found.Counts.Dice));
        (result.Validation.Count, result.Test.Count, result.Classes.Count).Should().Be((3, 2, 3));
        result.Data.Should().Be(DataFingerprint.Of(data));
    }

    [Fact]
    public void ALossOfOneTerm_HasNoParts()
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        Train(Tiny.Settings(epochs: 1), data, folder, new RunKey(LossSpec.Parse("CE"), 1)).Epochs[0].Parts.Should().BeEmpty();
    }

    [Fact]
    public void TheFirstBatch_FindsTheSameNetworkForEveryLossOfASeed()
    {
        using var data = Tiny.Splits();
        var settings = Tiny.Settings();
        var weights = new[] { ("CE", 1), ("Dice", 1), ("CE", 2) }.Select(run =>
        {
            using var state = new RunState(settings, data, new RunKey(LossSpec.Parse(run.Item1), run.Item2), CPU);
            return Weights(state);
        }).ToArray();
        weights[1].Should().Equal(weights[0]);
        weights[2].Should().NotEqual(weights[0]);
    }

    [Fact]
    public void ASingleLogit_LearnsWhatTwoLogitsLearn()
    {
        using var data = Tiny.Splits();
        foreach (var item in data.Train.Concat(data.Validation).Concat(data.Test))
        {
            item.Labels.masked_fill_(item.Labels.eq(2), 1);
        }

        using var two = data with { Classes = ["background", "shape"] };
        using var folder = new TemporaryFolder();
        var result = Train(Tiny.Settings(epochs: 12) with { Mode = OutputMode.Binary }, two, folder);
        result.Epochs[^1].Dice.Should().BeGreaterThan(0.8).And.BeGreaterThan(result.Epochs[0].Dice);
        result.Test[0].Classes.Select(one => one.Class).Should().Equal(1);
        using var scope = NewDisposeScope();
        SafeTensors.Read(folder["runs", Key.FolderName, RunTrainer.WeightsFile]).Tensors["_head.weight"].shape[0].Should().Be(1);
    }

    [Fact]
    public void TheSavedWeights_AreThoseThatWereMeasured()
    {
        var settings = Tiny.Settings();
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        var result = Train(settings, data, folder);
        using var network = NetworkFactory.Create(settings, data.Channels, data.Classes.Count);
        network.load_safetensors(folder["runs", Key.FolderName, RunTrainer.WeightsFile]);
        network.eval();
        using var scope = NewDisposeScope();
        var evaluator = new CaseEvaluator(data.Classes, data.IgnoreIndex, settings.ToleranceMm);
        var again = Tiny.Predict(network, data.Test).Zip(data.Test, (logits, item) => evaluator.Add(item, logits)).ToArray();
        JsonSerializer.Serialize(again, ResultFolder.Json).Should().Be(JsonSerializer.Serialize(result.Test, ResultFolder.Json));
    }

    /// <summary>TorchSharp itself keeps handles of each network, and the library the last gradient of a thread.</summary>
    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.Sgd)]
    internal void NeitherEpochsNorCheckpoints_LeaveATensorBehind(OptimizerKind optimizer)
    {
        using var data = Tiny.Splits();
        LeftBy(epochs: 1, stopAfter: 1);
        var least = LeftBy(epochs: 1, stopAfter: 1);
        LeftBy(epochs: 4, stopAfter: 1).Should().Be(least);
        LeftBy(epochs: 4, stopAfter: 7).Should().Be(least);

        long LeftBy(int epochs, int stopAfter)
        {
            using var folder = new TemporaryFolder();
            var settings = Tiny.Settings(optimizer, epochs: epochs);
            var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            using var stopped = new RecordedProgress(stopAfter);
            Tiny.Trainer(settings, data).Train(Key, folder.Path, stopped, stopped.Stop).Should().BeNull();
            Train(settings, data, folder);
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount - before;
        }
    }
}
