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
        using var splits = DataLayouts.Load(SomeSettings.OnPictures("ChaseDb1", Folder("chase_db1"), 96, 128), leftOut);
        leftOut.Should().BeEmpty();
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count, splits.Channels).Should().Be((22, 6, 0, 3));
        splits.Validation.Select(item => item.Name[..^1]).Distinct().Should().HaveCount(3);
        ForegroundShare(splits.Train.Concat(splits.Validation)).Should().BeApproximately(0.069, 0.003);
    }

    [SkippableFact]
    public void Sunnybrook_HasThirtyPatientsToTrainAndFifteenToTest()
    {
        var leftOut = new List<string>();
        var settings = SomeSettings.OnPictures("Folder", Folder("sunnybrook"), 128, 128) with { Group = "^(.+?)-IM" };
        using var splits = DataLayouts.Load(settings, leftOut);
        leftOut.Should().BeEmpty();
        (splits.Train.Count + splits.Validation.Count, splits.Test.Count, splits.Channels).Should().Be((526, 279, 1));
        string[] Patients(IEnumerable<Case> cases) => [.. cases.Select(item => item.Name.Split("-IM")[0]).Distinct()];
        (Patients(splits.Train).Length + Patients(splits.Validation).Length, Patients(splits.Test).Length).Should().Be((30, 15));
        ForegroundShare(splits.Train.Concat(splits.Validation)).Should().BeApproximately(0.016, 0.001);
        ForegroundShare(splits.Test).Should().BeApproximately(0.019, 0.001);
    }

    [SkippableTheory]
    [InlineData(null, 800, 200, 0)]
    [InlineData("official", 880, 120, 0)]
    [InlineData("simulamet", 700, 101, 199)]
    [InlineData("80/10/10", 800, 100, 100)]
    public void Kvasir_IsCompleteAndHasTheSplitsOfItsLists(string? split, int train, int validation, int test)
    {
        var leftOut = new List<string>();
        var folder = Folder("kvasir_seg");
        DataLayouts.Guess(folder).Name.Should().Be("Kvasir");
        using var splits = DataLayouts.Load(SomeSettings.OnPictures("Kvasir", folder, 64, 64) with { Split = split }, leftOut);
        leftOut.Should().BeEmpty();
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count, splits.Channels).Should().Be((train, validation, test, 3));
        ForegroundShare(splits.Train.Concat(splits.Validation).Concat(splits.Test)).Should().BeApproximately(0.154, 0.001);
    }

    [SkippableFact]
    public void Kvasir_KeepsItsForegroundWhenPadded()
    {
        var leftOut = new List<string>();
        using var splits = DataLayouts.Load(SomeSettings.OnPictures("Kvasir", Folder("kvasir_seg"), 64, 64) with { Fit = FitKind.Pad }, leftOut);
        leftOut.Should().BeEmpty();
        var shares = splits.Train.Concat(splits.Validation).Select(item => item.Labels.Bytes())
            .Select(labels => (Valid: labels.Count(label => label != 255), Foreground: labels.Count(label => label == 1))).ToArray();
        shares.Average(one => (double)one.Foreground / one.Valid).Should().BeApproximately(0.154, 0.002);
        shares.Average(one => one.Valid / 4096.0).Should().BeInRange(0.7, 0.95, "few pictures are square");
    }

    [SkippableFact]
    public void CvcClinicDb_HasTheSequencesOfItsTable()
    {
        var leftOut = new List<string>();
        var folder = Folder("cvc_clinicdb");
        using var splits = DataLayouts.Load(SomeSettings.OnPictures("CvcClinicDb", folder, 96, 128) with { Split = "80/10/10" }, leftOut);
        leftOut.Should().BeEmpty();
        var cases = splits.Train.Concat(splits.Validation).Concat(splits.Test).ToArray();
        var table = File.ReadLines(Path.Combine(folder, "metadata.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(row => row[0], row => $"sequence {int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture):D2}");
        cases.ToDictionary(item => item.Name, item => item.Group).Should().HaveCount(612).And.BeEquivalentTo(table);
        new[] { splits.Train, splits.Validation, splits.Test }.SelectMany(part => part.Select(item => item.Group).Distinct()).Should().HaveCount(29);
        ForegroundShare(cases).Should().BeApproximately(0.092, 0.001);
    }

    [SkippableFact]
    public void CamVid_HasTheProportionsOfItsClasses()
    {
        var leftOut = new List<string>();
        var folder = Folder("camvid");
        DataLayouts.Guess(folder).Name.Should().Be("CamVid");
        using var splits = DataLayouts.Load(SomeSettings.OnPictures("CamVid", folder, 180, 240), leftOut);
        leftOut.Should().BeEmpty();
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count).Should().Be((367, 101, 233));
        var counts = new long[256];
        foreach (var label in splits.Train.SelectMany(item => item.Labels.Bytes()))
        {
            counts[label]++;
        }

        double Share(string name) => 100.0 * counts[splits.Classes.ToList().IndexOf(name)] / counts.Sum();
        Share("road").Should().BeApproximately(31.7, 0.3);
        Share("building").Should().BeApproximately(23.3, 0.3);
        Share("bicyclist").Should().BeApproximately(0.3, 0.05);
    }

    [SkippableFact]
    public void Hippocampus_HasTwoClassesInAllItsVolumes()
    {
        var leftOut = new List<string>();
        var folder = Folder("msd_hippocampus");
        DataLayouts.Guess(folder).Name.Should().Be("Decathlon");
        var settings = SomeSettings.OnPictures("Decathlon", folder) with { Size = [32, 32, 32], Network = "UNet3d", Split = "200/30/30" };
        using var splits = DataLayouts.Load(settings, leftOut);
        leftOut.Should().BeEmpty();
        (splits.Train.Count, splits.Validation.Count, splits.Test.Count, splits.Classes.Count).Should().Be((200, 30, 30, 3));
        splits.Train.Concat(splits.Validation).Concat(splits.Test).Average(item => item.Labels.Bytes().Average(label => label > 0 ? 1.0 : 0)).Should().BeApproximately(0.053, 0.001);
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
