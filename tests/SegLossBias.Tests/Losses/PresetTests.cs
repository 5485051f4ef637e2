using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>What golden values do not show: modes that are not given, and options that cannot be honoured.</summary>
public class PresetTests
{
    private static readonly double[] OneWeight = [2];
    private static readonly double[] ThreeWeights = [1, 2, 3];

    [Fact]
    public void Mode_FollowsFromTheOptions_ForEveryTerm()
    {
        using var loss = Presets.Monai("DiceCELoss", ("sigmoid", true), ("weight", ThreeWeights));
        loss.Mode.Should().Be(SegmentationMode.Multilabel);
        loss.Terms.Select(term => term.Term).OfType<CrossEntropy>().Single().PositiveWeight!.Values.Should().Equal(1, 2, 3);
        loss.Terms.Select(term => term.Term).OfType<CrossEntropy>().Single().Weight.Should().BeNull();
        loss.Terms.Select(term => term.Term).OfType<Dice>().Single().Weight!.Values.Should().Equal(1, 2, 3);

        using var softmax = Presets.Monai("DiceLoss", ("softmax", true));
        softmax.Mode.Should().Be(SegmentationMode.Multiclass);
    }

    /// <summary>MONAI warns that a single channel has neither a background nor weights, and goes on.</summary>
    [Theory]
    [InlineData("DiceLoss")]
    [InlineData("DiceFocalLoss")]
    [InlineData("FocalLoss")]
    public void SingleChannel_HasNeitherBackgroundNorWeights(string name)
    {
        var scene = Scenes.Usual(SegmentationMode.Binary);
        using var plain = Presets.Monai(name, ("mode", "binary"));
        using var same = Presets.Monai(name, ("mode", "binary"), ("include_background", false), ("weight", OneWeight));
        scene.Evaluate(same).Value.Should().Be(scene.Evaluate(plain).Value);
    }

    [Fact]
    public void LogOfSmpDice_HasItsOwnBound()
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = Presets.SegmentationModels("DiceLoss", ("log_loss", true), ("eps", 0.4));
        var expected = Enumerable.Range(0, 3).Average(k =>
        {
            var regions = Enumerable.Range(0, (int)scene.Images).Select(n => PlainRegion.Foreground(scene, n, k)).ToArray();
            var score = 2 * regions.Sum(region => region.Overlap) / regions.Sum(region => region.PredictedSize() + region.TargetSize);
            return -Math.Log(Math.Max(score, 0.4));
        });
        scene.Evaluate(loss).Value.ShouldBeClose(expected, Tolerance.Identity);
    }

    [Fact]
    public void WhatIsUnknownOrCannotBeHonoured_IsAnErrorThatSaysSo()
    {
        Refuses(() => Presets.Monai("DiceLos"), "MONAI has no loss 'DiceLos'*did you mean 'DiceLoss'*");
        Refuses(() => Presets.Monai("DiceLoss", ("smoth_nr", 1)), "DiceLoss has no option 'smoth_nr'*did you mean 'smooth_nr'*");
        Refuses(() => Presets.Monai("DiceLoss", ("batch", true), ("batch", false)), "*'batch' of DiceLoss is given twice*");
        Refuses(() => Presets.Monai("GeneralizedDiceLoss", ("w_type", "cube")), "w_type is square, simple or uniform*'cube'*");
        Refuses(() => Presets.Monai("FocalLoss", ("mode", "multilabel"), ("reduction", "sum")), "*focal sum of channels on their own is not offered*");
        Refuses(() => Presets.SegmentationModels("DiceLoss", ("from_logits", false)), "losses here take logits*leave the softmax or sigmoid before DiceLoss out*");
        Refuses(() => Presets.SegmentationModels("FocalLoss", ("version", "0.4.0")), "the version is 0.5.0*'0.4.0'*");
        Refuses(() => Presets.SegmentationModels("FocalLoss", ("reduced_threshold", 0.5), ("reduction", "sum")), "reduced_threshold and normalized are offered for the mean*");

        static void Refuses(Func<SegmentationLoss> create, string message) => create.Should().Throw<ArgumentException>().WithMessage(message);
    }
}
