using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

public sealed class RunTrainerTests
{
    private static readonly RunKey Key = new(LossSpec.Parse("RCE(L1)"), 1);

    [Theory]
    [InlineData(OptimizerKind.Adam, RateSchedule.Cosine)]
    [InlineData(OptimizerKind.Adam, RateSchedule.Plateau)]
    [InlineData(OptimizerKind.Sgd, RateSchedule.Polynomial)]
    [InlineData(OptimizerKind.Sgd, RateSchedule.Constant)]
    internal void StoppedAndResumed_GivesTheSameAsUnbroken(OptimizerKind optimizer, RateSchedule schedule)
    {
        // Where the validation loss never changes, the plateau is met after 7 epochs.
        var isPlateau = schedule == RateSchedule.Plateau;
        var settings = Tiny.Settings(optimizer, schedule, epochs: isPlateau ? 8 : 4);
        using var data = Tiny.Splits();
        var predictor = isPlateau ? new ConstantPredictor() : null;
        using var unbroken = new TemporaryFolder();
        var expected = Train(settings, data, unbroken, predictor: predictor);
        using var broken = new TemporaryFolder();
        foreach (var stopAfter in new[] { 3, 1, isPlateau ? 11 : 2 })
        {
            using var progress = new RecordedProgress(stopAfter);
            Tiny.Trainer(settings, data, predictor).Train(Key, broken.Path, progress, progress.Stop).Should().BeNull();
        }

        var resumed = Train(settings, data, broken, predictor: predictor);
        resumed.Epochs[^1].LearningRate.Should().Be(new LearningRate(0.01, schedule, settings.Epochs * 2)
            .At((settings.Epochs - 1) * 2, Enumerable.Repeat(1.0, settings.Epochs - 1)), "constant validation losses make the plateau");
        Text(resumed).Should().Be(Text(expected));
        Text(ResultFolder.LoadResult(broken.Path, Key)).Should().Be(Text(expected));
        File.ReadAllBytes(broken["runs", Key.FolderName, RunTrainer.WeightsFile])
            .Should().Equal(File.ReadAllBytes(unbroken["runs", Key.FolderName, RunTrainer.WeightsFile]));
    }

    /// <summary>λ is measured in the first of every ten steps: a resumed run that had lost its state would measure again.</summary>
    [Fact]
    public void ABalancedLambda_GoesOnFromTheCheckpoint()
    {
        var settings = Tiny.Settings(loss: "RCE(L1):balance=0.05");
        var key = new RunKey(settings.Losses[0], 1);
        using var data = Tiny.Splits();
        using var unbroken = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        using var whole = new RecordedProgress();
        var expected = Tiny.Trainer(settings, data).Train(key, unbroken.Path, whole, whole.Stop)!;
        using var first = new RecordedProgress(stopAfter: 5);
        Tiny.Trainer(settings, data).Train(key, broken.Path, first, first.Stop).Should().BeNull();
        using var second = new RecordedProgress();
        var resumed = Tiny.Trainer(settings, data).Train(key, broken.Path, second, second.Stop)!;

        Text(resumed).Should().Be(Text(expected));
        expected.Epochs[^1].Parts.Should().Contain("× L1").And.NotContain("+ 1 ×").And.NotContain("+ 0 ×");
    }

    [Fact]
    public void Resumed_TrainsOnlyTheEpochsThatAreLeft()
    {
        var settings = Tiny.Settings();
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        using var first = new RecordedProgress(stopAfter: 5);
        Tiny.Trainer(settings, data).Train(Key, folder.Path, first, first.Stop).Should().BeNull();
        (first.Finished, first.Epochs.Count).Should().Be((0, 2));
        File.Exists(Checkpoint(folder)).Should().Be(true, "two epochs are finished");

        using var second = new RecordedProgress();
        var result = Tiny.Trainer(settings, data).Train(Key, folder.Path, second, second.Stop)!;
        (second.Finished, second.Steps.Count).Should().Be((2, 4));
        result.Epochs.Select(epoch => epoch.Epoch).Should().Equal(1, 2, 3, 4);
        File.Exists(Checkpoint(folder)).Should().Be(false, "the run is finished");
    }

    [Fact]
    public void StoppedBeforeItBegins_LeavesNothing()
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        using var progress = new RecordedProgress();
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Tiny.Trainer(Tiny.Settings(), data).Train(Key, folder.Path, progress, stopped.Token).Should().BeNull();
        progress.Steps.Should().BeEmpty();
        Directory.GetFileSystemEntries(folder.Path).Should().BeEmpty();
    }

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
    public void ALossThatIsNoNumber_EndsTheRunWithANoteAndTheResultsSoFar()
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        var batches = new PoisonedBatches(epoch: 3, step: 1, Tiny.BatchesOf(data, 1));
        var trainer = new RunTrainer(Tiny.Settings(), data, _ => batches, new ConstantPredictor(), CPU);
        using var progress = new RecordedProgress();
        var result = trainer.Train(Key, folder.Path, progress, progress.Stop)!;
        result.Note.Should().Be("the loss became NaN in epoch 3 of 4");
        (result.Epochs.Count, result.Validation.Count, result.Test.Count).Should().Be((2, 3, 2));
        Text(ResultFolder.LoadResult(folder.Path, Key)).Should().Be(Text(result));
        File.Exists(Checkpoint(folder)).Should().Be(false, "the run is over");
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(2, 0)]
    [InlineData(1, 1)]
    public void WhatSuchARunLeaves_IsTheNetworkAfterTheLastWholeEpoch(int epoch, int step)
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        var trainer = new RunTrainer(
            Tiny.Settings(), data, seed => new PoisonedBatches(epoch, step, Tiny.BatchesOf(data, seed)), Tiny.NewPredictor(), CPU);
        using var progress = new RecordedProgress();
        var result = trainer.Train(Key, folder.Path, progress, progress.Stop)!;
        result.Note.Should().Be($"the loss became NaN in epoch {epoch} of 4");
        progress.Steps.Should().HaveCount((2 * (epoch - 1)) + step);

        using var expected = new RunState(Tiny.Settings(), data, Key, CPU);
        using var sound = new TemporaryFolder();
        if (epoch > 1)
        {
            var shorter = Train(Tiny.Settings(epochs: epoch - 1), data, sound);
            Text(result with { Note = null }).Should().Be(Text(shorter));
            expected.Network.load_safetensors(sound["runs", Key.FolderName, RunTrainer.WeightsFile]);
        }

        using var left = new RunState(Tiny.Settings(), data, Key, CPU);
        left.Network.load_safetensors(folder["runs", Key.FolderName, RunTrainer.WeightsFile]);
        Weights(left).Should().Equal(Weights(expected));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    public void ARunWhoseNativeCodeFails_GoesOnByItselfAsIfNothingHadBeen(int epoch, int step)
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        using var unbroken = new TemporaryFolder();
        var batches = new FailingBatches(epoch, step, times: 2, Tiny.BatchesOf(data, Key.Seed));
        using var progress = new RecordedProgress();
        var result = new RunTrainer(Tiny.Settings(), data, _ => batches, Tiny.NewPredictor(), CPU).Train(Key, folder.Path, progress, progress.Stop)!;
        batches.Failures.Should().Be(2);
        progress.Restarts.Should().HaveCount(2).And.AllSatisfy(restart => restart.Should().Match<(int Finished, string Why)>(one => one.Finished == epoch - 1 && one.Why.Contains("size of tensor")));
        Text(result).Should().Be(Text(Train(Tiny.Settings(), data, unbroken)));
    }

    [Fact]
    public void ARunWhoseNativeCodeFailsAgainAndAgain_Fails()
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        var batches = new FailingBatches(2, 1, times: int.MaxValue, Tiny.BatchesOf(data, Key.Seed));
        using var progress = new RecordedProgress();
        var train = () => new RunTrainer(Tiny.Settings(), data, _ => batches, Tiny.NewPredictor(), CPU).Train(Key, folder.Path, progress, progress.Stop);
        train.Should().Throw<ExternalException>();
        batches.Failures.Should().Be(4);
    }

    [Fact]
    public void WeightsThatTheLastStepMakesInfinite_AreNotTheResult()
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        var settings = Tiny.Settings(OptimizerKind.Sgd, rate: 1e38, epochs: 1, loss: "RCE(L1):lambda=1000000");
        var key = settings.Runs.Single();
        var trainer = new RunTrainer(
            settings, data, seed => new FirstBatch(Tiny.BatchesOf(data, seed)), Tiny.NewPredictor(), CPU);
        using var progress = new RecordedProgress();
        var result = trainer.Train(key, folder.Path, progress, progress.Stop)!;
        progress.Steps.Should().ContainSingle().Which.Should().Match(loss => double.IsFinite(loss));
        result.Note.Should().Be("the weights became NaN or infinite in epoch 1 of 1");
        result.Epochs.Should().BeEmpty();
        result.Validation[0].Classes[0].Soft.Should().BePositive("the network is as it was before");
    }

    [Fact]
    public void ANetworkOfNothingButNaN_IsStillMeasured()
    {
        using var data = Tiny.Splits();
        using var folder = new TemporaryFolder();
        var trainer = new RunTrainer(
            Tiny.Settings(epochs: 1), data, seed => new PoisonedBatches(epoch: 1, step: 0, Tiny.BatchesOf(data, seed)), new ConstantPredictor(float.NaN), CPU);
        using var progress = new RecordedProgress();
        var result = trainer.Train(Key, folder.Path, progress, progress.Stop)!;
        result.Validation.Should().HaveCount(3);
        result.Validation[0].Classes[0].Soft.Should().Be(double.NaN);
        ResultFolder.LoadResult(folder.Path, Key).Note.Should().Be("the loss became NaN in epoch 1 of 1");
    }

    [Theory]
    [InlineData(ValidationMeasure.Dice)]
    [InlineData(ValidationMeasure.Loss)]
    internal void TheBestEpoch_IsMeasuredWithItsOwnWeights_AlsoWhenTheRunWasInterrupted(ValidationMeasure measure)
    {
        const int Sound = 4;
        const int All = 10;
        var settings = Tiny.Settings(epochs: All) with { BestMeasure = measure };
        using var data = Tiny.Splits();
        using var unbroken = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        using var shorter = new TemporaryFolder();
        RunResult? Train(TemporaryFolder folder, int stopAfter = int.MaxValue, int epochs = All)
        {
            using var progress = new RecordedProgress(stopAfter);
            var trainer = new RunTrainer(settings with { Epochs = epochs }, data, seed => new MisleadingBatches(Sound + 1, Tiny.BatchesOf(data, seed)), Tiny.NewPredictor(), CPU);
            return trainer.Train(Key, folder.Path, progress, progress.Stop);
        }

        var result = Train(unbroken)!;
        var epoch = result.Epochs.MinBy(one => measure == ValidationMeasure.Dice ? -one.Dice : one.ValidationLoss)!.Epoch;
        epoch.Should().BeInRange(2, All - 1, "it is taught what is wrong from epoch {0} on", Sound + 1);
        result.Best!.Epoch.Should().Be(epoch);

        Train(broken, stopAfter: (2 * epoch) + 1).Should().BeNull();
        Text(Train(broken)!).Should().Be(Text(result));

        // A run of as many epochs ends where this one was best.
        var last = Train(shorter, epochs: epoch)!;
        Json(result.Best.Test).Should().Be(Json(last.Test)).And.NotBe(Json(result.Test));
        Json(result.Best.Validation).Should().Be(Json(last.Validation)).And.NotBe(Json(result.Validation));
        File.ReadAllBytes(unbroken["runs", Key.FolderName, RunTrainer.BestWeightsFile]).Should().Equal(File.ReadAllBytes(shorter["runs", Key.FolderName, RunTrainer.WeightsFile]));

        static string Json(IReadOnlyList<CaseResult> cases) => JsonSerializer.Serialize(cases, ResultFolder.Json);
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

    /// <summary>Dropout draws from libtorch's generator, whose state no checkpoint holds.</summary>
    [Fact]
    public void AnInterruptedRunWithDropout_EndsAsAnUnbrokenOne()
    {
        var settings = Tiny.Settings(epochs: 2) with { Network = "Fpn", Encoder = EncoderKind.ResNet18, Widths = [32, 32], Size = [32, 32] };
        using var data = Enlarged(Tiny.Splits());
        using var unbroken = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        var whole = Train(settings, data, unbroken);
        using (var stopped = new RecordedProgress(stopAfter: 3))
        {
            Tiny.Trainer(settings, data).Train(Key, broken.Path, stopped, stopped.Stop).Should().BeNull();
        }

        Text(Train(settings, data, broken)).Should().Be(Text(whole));

        static CaseSplits Enlarged(CaseSplits splits)
        {
            IReadOnlyList<Case> Twice(IReadOnlyList<Case> cases) => [.. cases.Select(item => new Case(
                item.Name, item.Image.repeat_interleave(2, 1).repeat_interleave(2, 2).expand(3, 32, 32).contiguous(), item.Labels.repeat_interleave(2, 0).repeat_interleave(2, 1), [1, 1]))];
            return splits with { Train = Twice(splits.Train), Validation = Twice(splits.Validation), Test = Twice(splits.Test) };
        }
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

    private static float[] Weights(RunState state)
    {
        using var scope = NewDisposeScope();
        return [.. state.Network.parameters().SelectMany(parameter => parameter.detach().data<float>().ToArray())];
    }

    private static string Checkpoint(TemporaryFolder folder) => folder["runs", Key.FolderName, RunTrainer.CheckpointFile];

    private static RunResult Train(ExperimentSettings settings, CaseSplits data, TemporaryFolder folder, RunKey? key = null, IPredictor? predictor = null)
    {
        using var progress = new RecordedProgress();
        return Tiny.Trainer(settings, data, predictor).Train(key ?? Key, folder.Path, progress, progress.Stop)!;
    }

    private static string Text(RunResult result) => JsonSerializer.Serialize(
        result with { Epochs = [.. result.Epochs.Select(epoch => epoch with { Seconds = 0 })] }, ResultFolder.Json);
}
