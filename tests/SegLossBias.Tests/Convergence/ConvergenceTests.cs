using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Convergence;

/// <summary>A tiny net learns a picture of 4×4 pixels exactly with every loss that knows where the regions are; size penalties alone learn what they can, the sizes.</summary>
public class ConvergenceTests
{
    public static TheoryData<string, SegmentationMode> Matching => LossTable.Where(row => row.Learns == Learns.Picture);

    public static TheoryData<string, SegmentationMode> SizeMatching => LossTable.Where(row => row.Learns == Learns.Sizes);

    public static TheoryData<string> DiceBias => LossTable.NamesWhere(row => row.Learns == Learns.Bias);

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
        using var loss = LossTable.Create(name, mode);
        var truth = picture.TrueProportions();
        var values = picture.Train(loss, steps: 200, rate: 0.4 / Temperature(loss), decay: 0.97);
        picture.PredictedProportions(Temperature(loss)).ShouldBeClose(truth, 0.01);
        values[^1].Should().BeInRange(-1e-6, 0.01);
        picture.Prediction().Should().NotEqual(LearnedPicture.Labels(mode));
    }

    /// <summary>The bias hidden in Dice is smallest for an empty foreground, whatever the truth.</summary>
    [Theory]
    [MemberData(nameof(DiceBias))]
    public void DiceBias_EmptiesTheBinaryForeground(string name)
    {
        using var picture = new LearnedPicture(SegmentationMode.Binary);
        using var loss = LossTable.Create(name, SegmentationMode.Binary);
        picture.PredictedProportions().Should().ContainSingle().Which.Should().BeGreaterThan(0.4);
        picture.Train(loss, steps: 100);
        picture.PredictedProportions(Temperature(loss))[0].Should().BeLessThan(0.01);
        picture.Prediction().Should().Equal(new long[16]);
        picture.TrueProportions()[0].Should().Be(0.25);
    }

    /// <summary>With several classes it is smallest where the largest takes everything.</summary>
    [Theory]
    [MemberData(nameof(DiceBias))]
    public void DiceBias_GivesEverythingToTheLargestClass(string name)
    {
        using var picture = new LearnedPicture(SegmentationMode.Multiclass);
        using var loss = LossTable.Create(name);
        picture.Train(loss, steps: 100);
        picture.PredictedProportions(Temperature(loss))[0].Should().BeGreaterThan(0.99);
        picture.Prediction().Should().Equal(new long[16]);
    }

    private static double Temperature(SegmentationLoss loss) => ((RegionSizeTerm)loss.Terms.Single().Term).Temperature.At(0);
}
