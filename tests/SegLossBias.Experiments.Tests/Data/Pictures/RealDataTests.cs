using SegLossBias.Experiments.Tests.Support;
using TorchSharp;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

/// <summary>Reads real data sets from the folder that the environment variable SEGLOSSBIAS_DATA names.</summary>
public class RealDataTests
{
    private const string Variable = "SEGLOSSBIAS_DATA";

    [SkippableFact]
    public void ChaseDb1_HasFourteenChildrenWithTheirVessels()
    {
        var leftOut = new List<string>();
        using var splits = PictureData.Load(SomeSettings.OnPictures(DataLayout.ChaseDb1, Folder("chase_db1"), 96, 128), leftOut);
        leftOut.Should().BeEmpty();
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count, splits.Channels).Should().Be((22, 6, 0, 3));
        splits.Validation.Select(item => item.Name[..^1]).Distinct().Should().HaveCount(3);
        ForegroundShare(splits.Train.Concat(splits.Validation)).Should().BeApproximately(0.069, 0.003);
    }

    [SkippableFact]
    public void Sunnybrook_HasThirtyPatientsToTrainAndFifteenToTest()
    {
        var leftOut = new List<string>();
        var settings = SomeSettings.OnPictures(DataLayout.Folder, Folder("sunnybrook"), 128, 128) with { Group = "^(.+?)-IM" };
        using var splits = PictureData.Load(settings, leftOut);
        leftOut.Should().BeEmpty();
        (splits.Train.Count + splits.Validation.Count, splits.Test.Count, splits.Channels).Should().Be((526, 279, 1));
        string[] Patients(IEnumerable<Case> cases) => [.. cases.Select(item => item.Name.Split("-IM")[0]).Distinct()];
        (Patients(splits.Train).Length + Patients(splits.Validation).Length, Patients(splits.Test).Length).Should().Be((30, 15));
        ForegroundShare(splits.Train.Concat(splits.Validation)).Should().BeApproximately(0.016, 0.001);
        ForegroundShare(splits.Test).Should().BeApproximately(0.019, 0.001);
    }

    private static string Folder(string name)
    {
        var data = Environment.GetEnvironmentVariable(Variable);
        var folder = Path.Combine(data ?? "", name);
        Skip.If(data is null || !Directory.Exists(folder), $"{Variable} names no folder that has {name}/");
        return folder;
    }

    private static double ForegroundShare(IEnumerable<Case> cases) =>
        cases.Average(item => item.Labels.Bytes().Average(label => (double)label));
}
