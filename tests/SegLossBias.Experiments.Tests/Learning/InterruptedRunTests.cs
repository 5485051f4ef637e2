using System.Text.Json;
using TorchSharp;
using static SegLossBias.Experiments.Tests.Learning.TinyRun;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>A run that was stopped goes on as if it had not been.</summary>
public sealed class InterruptedRunTests
{
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
}
