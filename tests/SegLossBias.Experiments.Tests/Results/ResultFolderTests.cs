using System.Text.Json.Nodes;
using SegLossBias.Experiments.Tests.Reporting;

namespace SegLossBias.Experiments.Tests.Results;

public sealed class ResultFolderTests : IDisposable
{
    private static readonly ExperimentSettings Settings = TestExperiment.Settings("CE", 1);
    private static readonly RunKey Run = Settings.Runs.Single();
    private static readonly RunResult Result = TestExperiment.Random(Settings, 5, cases: 2, classes: 2).Runs[0];

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(ResultFolder.RunFolder(_folder.Path, Run), ResultFolder.ResultFile);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AResult_ComesBackAsItWas_AlsoLaidOutOtherwiseAndWithoutAChecksum()
    {
        Save();
        ResultFolder.LoadResult(_folder.Path, Run).Should().BeEquivalentTo(Result);
        System.IO.File.WriteAllText(File, JsonNode.Parse(System.IO.File.ReadAllText(File))!.ToJsonString());
        ResultFolder.LoadResult(_folder.Path, Run).Should().BeEquivalentTo(Result);
        Edit(content => content.Remove("Sha256"));
        ResultFolder.LoadResult(_folder.Path, Run).Should().BeEquivalentTo(Result, "versions before the checksum wrote such");
    }

    [Fact]
    public void AChangedDigit_IsRefused()
    {
        Save();
        Edit(content => content["Validation"]![0]!["Classes"]![0]!["TruePositives"] = 123456);
        Refusal().Should().Be($"{File} cannot be used: it was changed after it was written; remove the run's folder and run it again");
    }

    [Theory]
    [InlineData("/Validation", "null", "cannot be read: *Validation*")]
    [InlineData("/Classes", "null", "cannot be read: *Classes*")]
    [InlineData("/Validation/0", "null", "cannot be used: the case null has no results; *")]
    [InlineData("/Validation/0/Classes", "null", "cannot be read: *Classes*")]
    [InlineData("/Validation/0/Classes/1/Class", "7", "cannot be used: the case validation 0 has results of the classes 1, 7, but those measured are 1, 2; *")]
    [InlineData("/Test/1/Classes/0/TruePositives", "-1", "cannot be used: the case test 1 has a number below 0; *")]
    [InlineData("/Test/1/Classes/0/TruePositives", "1.5", "cannot be read: *")]
    [InlineData("/Epochs/1/Epoch", "9", "cannot be used: epoch 2 is called 9; *")]
    [InlineData("/Epochs/1", "null", "cannot be used: an epoch is null; *")]
    [InlineData("/Classes", "[\"background\"]", "cannot be used: it names 1 classes; 2 to 255 are possible; *")]
    [InlineData("/Seed", "8", "cannot be used: it is of CE, seed 8, not of CE, seed 1; *")]
    [InlineData("/Best", "{ \"Epoch\": 3, \"Validation\": [], \"Test\": [] }", "cannot be used: its best epoch is 3, but it has 2; *")]
    public void WhatDoesNotHold_IsRefusedForItsReason(string place, string value, string message)
    {
        Save();
        Edit(content =>
        {
            content.Remove("Sha256");
            var parts = place.Split('/')[1..];
            JsonNode at = content;
            foreach (var part in parts[..^1])
            {
                at = int.TryParse(part, out var index) ? at[index]! : at[part]!;
            }

            if (int.TryParse(parts[^1], out var last))
            {
                at[last] = JsonNode.Parse(value);
            }
            else
            {
                at[parts[^1]] = JsonNode.Parse(value);
            }
        });
        Refusal().Should().Match($"*result.json {message}");
    }

    private void Save() => ResultFolder.SaveResult(_folder.Path, Run, Result);

    private void Edit(Action<JsonObject> change)
    {
        var content = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
        change(content);
        System.IO.File.WriteAllText(File, content.ToJsonString());
    }

    private string Refusal() => FluentActions.Invoking(() => ResultFolder.LoadResult(_folder.Path, Run)).Should().Throw<UserError>().Which.Message;
}
