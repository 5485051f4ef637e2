using System.Runtime.InteropServices;
using TorchSharp.PyBridge;
using static SegLossBias.Experiments.Tests.Learning.TinyRun;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>What is left of a run whose loss, weights or native code fail.</summary>
public sealed class FailingRunTests
{
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
}
