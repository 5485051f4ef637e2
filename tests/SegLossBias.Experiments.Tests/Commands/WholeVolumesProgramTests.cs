using SegLossBias.Experiments.Tests.Data.Volumes;

namespace SegLossBias.Experiments.Tests.Commands;

/// <summary>Training on whole volumes, from outside.</summary>
public class WholeVolumesProgramTests
{
    [Fact]
    public void WholeVolumes_AreTrainedRecordedAndNotMixedWithPatches()
    {
        using var folder = new TemporaryFolder();
        foreach (var number in new[] { 1, 2, 3, 4, 5 })
        {
            WriteVolume(folder["data"], number);
        }

        string[] patches = ["compare", "--data", folder["data"], "--losses", "CE,RCE(L1)", "--size", "4x4x4", "--widths", "16,16", "--epochs", "2", "--batch", "2", "--threads", "1", "--augment", "full"];
        string[] whole = [.. patches, "--whole", "--out", folder["whole"]];
        var (code, output, errors) = ExperimentProgram.Run(whole);
        code.Should().Be(0, errors);
        output.Should().Contain("4×4×4 tiles of whole volumes").And.Contain("batches of 2,");
        File.ReadAllText(folder["whole", "experiment.json"]).Should().Contain("\"WholeVolumes\": true");
        var results = ResultFolder.Load(folder["whole"]);
        results.Runs.Should().HaveCount(2).And.OnlyContain(run => run.Note == null && run.Epochs.Count == 2 && run.Epochs.All(epoch => double.IsFinite(epoch.TrainLoss)));
        ExperimentProgram.Run([.. whole, "--resume"]).Output.Should().Contain("2 of 2 runs are finished already");
        var mixed = ExperimentProgram.Run([.. patches, "--out", folder["whole"], "--resume"]);
        mixed.ExitCode.Should().Be(UserError.Failed);
        mixed.Errors.Should().Contain("WholeVolumes true, not false");
    }

    private static void WriteVolume(string folder, int number)
    {
        var (width, height, depth) = (6 + number, 7, 5);
        var labels = new double[width * height * depth];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = i % width < 3 && i / width % height < 3 ? 1 : 0;
        }

        HandMadeNifti.Of(NiftiType.UInt8, [3, width, height, depth], labels).Save(Path.Combine(folder, $"p{number}_gt.nii.gz"));
        HandMadeNifti.Of(NiftiType.Float32, [3, width, height, depth], labels.Select((label, i) => 10 + (5 * label) + (i % 4))).Save(Path.Combine(folder, $"p{number}_T1.nii.gz"));
    }
}
