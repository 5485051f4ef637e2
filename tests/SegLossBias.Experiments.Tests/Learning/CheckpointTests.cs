using CsCheck;

namespace SegLossBias.Experiments.Tests.Learning;

/// <summary>A checkpoint that a run cannot go on from is named with the remedy, and never lost to one that cannot be written.</summary>
public sealed class CheckpointTests
{
    private static readonly RunKey Key = new(LossSpec.Parse("RCE(L1)"), 1);

    /// <summary>The checkpoint after 2 of 4 epochs of the default settings.</summary>
    private static readonly Lazy<byte[]> SavedCheckpoint = new(() =>
    {
        using var folder = new TemporaryFolder();
        using var data = Tiny.Splits();
        using var progress = new RecordedProgress(stopAfter: 4);
        Tiny.Trainer(Tiny.Settings(), data).Train(Key, folder.Path, progress, progress.Stop).Should().BeNull();
        return File.ReadAllBytes(Checkpoint(folder));
    });

    [Fact]
    public void ATruncatedCheckpoint_IsNamedWithTheRemedy() =>
        Gen.Int[0, 5000].Sample(
            length =>
            {
                using var folder = new TemporaryFolder();
                using var data = Tiny.Splits();
                var bytes = SavedCheckpoint.Value;
                Directory.CreateDirectory(Path.GetDirectoryName(Checkpoint(folder))!);
                File.WriteAllBytes(Checkpoint(folder), bytes[..Math.Min(length * bytes.Length / 5000, bytes.Length - 1)]);
                Refusal(Tiny.Settings(), data, folder).Should().Contain(Checkpoint(folder)).And.Contain("incomplete").And.Contain("delete it");
            },
            iter: 10, threads: 1);

    [Fact]
    public void ACheckpointWithOneBitChanged_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var data = Tiny.Splits();
        Directory.CreateDirectory(Path.GetDirectoryName(Checkpoint(folder))!);
        var bytes = SavedCheckpoint.Value.ToArray();
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Checkpoint(folder), bytes);
        Refusal(Tiny.Settings(), data, folder).Should().Contain("incomplete, damaged").And.Contain("delete it");
    }

    [Fact]
    public void ACheckpointOfOtherSettings_IsRefused_ButAnotherMachineIsWelcome()
    {
        using var folder = new TemporaryFolder();
        using var data = Tiny.Splits();
        Directory.CreateDirectory(Path.GetDirectoryName(Checkpoint(folder))!);
        File.WriteAllBytes(Checkpoint(folder), SavedCheckpoint.Value);
        Refusal(Tiny.Settings(epochs: 5), data, folder).Should().Contain("settings").And.Contain("delete it");
        Refusal(Tiny.Settings(OptimizerKind.Sgd), data, folder).Should().Contain("settings");
        Train(Tiny.Settings() with { Threads = 7, Data = "/elsewhere" }, data, folder).Epochs.Should().HaveCount(4);
    }

    [Fact]
    public void ACheckpointOfOtherData_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var data = Tiny.Splits(validation: 2);
        Directory.CreateDirectory(Path.GetDirectoryName(Checkpoint(folder))!);
        File.WriteAllBytes(Checkpoint(folder), SavedCheckpoint.Value);
        Refusal(Tiny.Settings(), data, folder).Should().Contain("8 to train, 3 to validate, 2 to test; ")
            .And.Contain("8 to train, 2 to validate, 2 to test; ").And.Contain("delete it");
    }

    [SkippableFact]
    public void AFullDisk_IsNamed_AndTheOldCheckpointStays()
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full, which stands for a full disk");
        using var folder = new TemporaryFolder();
        using var data = Tiny.Splits();
        Directory.CreateDirectory(Path.GetDirectoryName(Checkpoint(folder))!);
        File.WriteAllBytes(Checkpoint(folder), SavedCheckpoint.Value);
        File.CreateSymbolicLink(Checkpoint(folder) + ".part", "/dev/full");
        Refusal(Tiny.Settings(), data, folder).Should().Contain(Checkpoint(folder)).And.Contain("space");
        File.ReadAllBytes(Checkpoint(folder)).Should().Equal(SavedCheckpoint.Value);
    }

    [Fact]
    public void AFolderThatIsAFile_IsNamed()
    {
        using var folder = new TemporaryFolder();
        using var data = Tiny.Splits();
        File.WriteAllText(folder["runs"], "");
        Refusal(Tiny.Settings(), data, folder).Should().Contain(Checkpoint(folder)).And.Contain("cannot be written");
    }

    private static string Checkpoint(TemporaryFolder folder) => folder["runs", Key.FolderName, RunTrainer.CheckpointFile];

    private static RunResult Train(ExperimentSettings settings, CaseSplits data, TemporaryFolder folder)
    {
        using var progress = new RecordedProgress();
        return Tiny.Trainer(settings, data).Train(Key, folder.Path, progress, progress.Stop)!;
    }

    private static string Refusal(ExperimentSettings settings, CaseSplits data, TemporaryFolder folder)
    {
        var train = () => Train(settings, data, folder);
        return train.Should().Throw<UserError>().Which.Message;
    }
}
