using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Convergence;

/// <summary>A tiny net learns a picture of 4×4 pixels exactly with every loss that knows where the regions are; size penalties alone learn what they can, the sizes.</summary>
public class ConvergenceTests
{
    public static TheoryData<string, SegmentationMode> Matching => Select(name => !IsSizeOnly(name));

    public static TheoryData<string, SegmentationMode> SizeMatching => Select(name => IsSizeOnly(name) && !IsDiceBias(name));

    public static TheoryData<string> DiceBias => [.. ((IEnumerable<object[]>)LossTable.Names).Select(row => (string)row[0]).Where(IsDiceBias)];

    [Theory]
    [MemberData(nameof(Matching))]
    public void MatchingLoss_LearnsThePicture(string name, SegmentationMode mode)
    {
        using var picture = new LearnedPicture(mode);
        using var loss = LossTable.Create(name, mode);
        var truth = LearnedPicture.Labels(mode);
        picture.Prediction().Should().NotEqual(truth, "else there is nothing to learn");
        var values = picture.Train(loss, steps: 80, decay: 0.97);
        picture.Prediction().Should().Equal(truth);
        values[^1].Should().BeLessThan(values[0]);
    }

    [Theory]
    [MemberData(nameof(SizeMatching))]
    public void SizePenalty_LearnsTheSizesAndNotTheirPlaces(string name, SegmentationMode mode)
    {
        using var picture = new LearnedPicture(mode);
        using var loss = (RegionSizeLoss)LossTable.Create(name, mode);
        var truth = picture.TrueProportions();
        var values = picture.Train(loss, steps: 200, rate: 0.4 / loss.Temperature, decay: 0.97);
        picture.PredictedProportions(loss.Temperature).ShouldBeClose(truth, 0.01);
        values[^1].Should().BeInRange(-1e-6, 0.01);
        picture.Prediction().Should().NotEqual(LearnedPicture.Labels(mode));
    }

    /// <summary>The bias hidden in Dice is smallest for an empty foreground, whatever the truth.</summary>
    [Theory]
    [MemberData(nameof(DiceBias))]
    public void DiceBias_EmptiesTheBinaryForeground(string name)
    {
        using var picture = new LearnedPicture(SegmentationMode.Binary);
        using var loss = (RegionSizeLoss)LossTable.Create(name, SegmentationMode.Binary);
        picture.PredictedProportions().Should().ContainSingle().Which.Should().BeGreaterThan(0.4);
        picture.Train(loss, steps: 100);
        picture.PredictedProportions(loss.Temperature)[0].Should().BeLessThan(0.01);
        picture.Prediction().Should().Equal(new long[16]);
        picture.TrueProportions()[0].Should().Be(0.25);
    }

    /// <summary>With several classes it is smallest where the largest takes everything.</summary>
    [Theory]
    [MemberData(nameof(DiceBias))]
    public void DiceBias_GivesEverythingToTheLargestClass(string name)
    {
        using var picture = new LearnedPicture(SegmentationMode.Multiclass);
        using var loss = (RegionSizeLoss)LossTable.Create(name);
        picture.Train(loss, steps: 100);
        picture.PredictedProportions(loss.Temperature)[0].Should().BeGreaterThan(0.99);
        picture.Prediction().Should().Equal(new long[16]);
    }

    private static bool IsSizeOnly(string name)
    {
        using var loss = LossTable.Create(name);
        return loss is RegionSizeLoss;
    }

    private static bool IsDiceBias(string name)
    {
        using var loss = LossTable.Create(name);
        return loss is DiceBiasLoss;
    }

    private static TheoryData<string, SegmentationMode> Select(Func<string, bool> isWanted)
    {
        var data = new TheoryData<string, SegmentationMode>();
        foreach (var row in LossTable.NamesAndModes.Where(row => isWanted((string)row[0])))
        {
            data.Add((string)row[0], (SegmentationMode)row[1]);
        }

        return data;
    }
}
