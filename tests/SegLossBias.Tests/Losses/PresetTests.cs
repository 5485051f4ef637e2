using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>What golden values do not show: modes that are not given, and options that cannot be honoured.</summary>
public class PresetTests
{
    private static readonly double[] OneWeight = [2];
    private static readonly double[] ThreeWeights = [1, 2, 3];
    private static readonly double[] Alike = [2.5, 2.5, 2.5];
    private static readonly long[] TwoClasses = [0, 2];

    [Fact]
    public void Mode_FollowsFromTheOptions_ForEveryTerm()
    {
        using var loss = Presets.Monai("DiceCELoss", ("sigmoid", true), ("weight", ThreeWeights));
        loss.Mode.Should().Be(SegmentationMode.Multilabel);
        loss.Terms.Select(term => term.Term).OfType<ChannelSoftmaxCrossEntropy>().Single().Weight!.Values.Should().Equal(1, 2, 3);
        loss.Terms.Select(term => term.Term).OfType<Dice>().Single().Weight!.Values.Should().Equal(1, 2, 3);

        using var single = Presets.Monai("DiceCELoss", ("sigmoid", true), ("mode", "binary"), ("weight", OneWeight));
        single.Terms.Select(term => term.Term).OfType<CrossEntropy>().Single().PositiveWeight!.Values.Should().Equal(2);

        using var softmax = Presets.Monai("DiceLoss", ("softmax", true));
        softmax.Mode.Should().Be(SegmentationMode.Multiclass);
    }

    /// <summary>MONAI takes softmax cross-entropy for several channels, whatever the activation of Dice: PyTorch's, of the labels as probabilities.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.2, true)]
    public void MonaiDiceCe_OfSeveralSigmoids_HasTheSoftmaxCrossEntropyOfPyTorch(double smoothing, bool isWeighted)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multilabel);
        using var loss = Presets.Monai("DiceCELoss", ("sigmoid", true), ("lambda_dice", 0), ("label_smoothing", smoothing), ("weight", isWeighted ? ThreeWeights : null));
        var (value, gradient) = scene.Evaluate(loss);
        var logits = scene.LogitsTensor().requires_grad_(true);
        var weight = isWeighted ? tensor(ThreeWeights) : null;
        var expected = nn.functional.cross_entropy(logits, scene.TargetTensor(ScalarType.Float64), weight: weight, label_smoothing: smoothing);
        expected.backward();
        value.ShouldBeClose(expected.item<double>(), Tolerance.Identity);
        gradient.ShouldBeClose(Evaluation.Numbers(logits.grad!), Tolerance.Identity);
    }

    /// <summary>MONAI adds up images and channels of the mean over pixels.</summary>
    [Fact]
    public void MonaiFocalSum_OfChannels_IsTheirSum()
    {
        var scene = Scenes.Usual(SegmentationMode.Multilabel);
        using var loss = Presets.Monai("FocalLoss", ("mode", "multilabel"), ("reduction", "sum"), ("gamma", 1.5));
        var expected = 0.0;
        foreach (var region in from n in Enumerable.Range(0, (int)scene.Images) from k in Enumerable.Range(0, 3) select PlainRegion.Foreground(scene, n, k))
        {
            expected += (region.Focal(1.5) + (region with { IsBackground = true }).Focal(1.5)) / scene.Pixels;
        }

        scene.Evaluate(loss).Value.ShouldBeClose(expected, Tolerance.Identity);
    }

    /// <summary>A single weight is that of every class.</summary>
    [Theory]
    [InlineData("DiceLoss")]
    [InlineData("FocalLoss")]
    [InlineData("DiceFocalLoss")]
    public void MonaiWeight_MayBeANumber(string name)
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var one = Presets.Monai(name, ("mode", "multiclass"), ("weight", 2.5));
        using var list = Presets.Monai(name, ("mode", "multiclass"), ("weight", Alike));
        var (value, gradient) = scene.Evaluate(one);
        var (expected, expectedGradient) = scene.Evaluate(list);
        value.ShouldBeClose(expected, Tolerance.Identity);
        gradient.ShouldBeClose(expectedGradient, Tolerance.Identity);

        var single = Scenes.Usual(SegmentationMode.Binary);
        using var ofOne = Presets.Monai(name, ("mode", "binary"), ("weight", 2.5));
        using var plain = Presets.Monai(name, ("mode", "binary"));
        single.Evaluate(ofOne).Value.Should().Be(single.Evaluate(plain).Value, "a single channel has no weight there");
    }

    /// <summary>smp's reduced and normalised focal, in loops: class weights with the mean 1, sums, and the sum over classes of 0.5.0.</summary>
    [Theory]
    [InlineData(0.5, false, "mean", null)]
    [InlineData(0.5, false, "sum", null)]
    [InlineData(0.3, false, "sum", "0.5.0")]
    [InlineData(null, true, "mean", "0.5.0")]
    [InlineData(null, true, "sum", null)]
    [InlineData(0.6, true, "sum", "0.5.0")]
    public void SmpFocal_TakesItsOptionsTogether(double? threshold, bool isNormalized, string reduction, string? version)
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = Presets.SegmentationModels("FocalLoss", ("mode", "multiclass"), ("reduced_threshold", threshold), ("normalized", isNormalized), ("reduction", reduction), ("version", version), ("class_weights", ThreeWeights));
        var expected = PlainLosses.ReducedFocal(scene, 2, threshold, null, isNormalized, [0.5, 1, 1.5], sumsClasses: version is not null, sumsPixels: reduction == "sum");
        scene.Evaluate(loss).Value.ShouldBeClose(expected, Tolerance.Of(ScalarType.Float64));
    }

    /// <summary>Weights are those of all classes, with the mean 1; then classes are selected.</summary>
    [Theory]
    [InlineData("DiceLoss")]
    [InlineData("JaccardLoss")]
    [InlineData("TverskyLoss")]
    public void SmpWeights_AreOfAllClasses(string name)
    {
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        double Value(params (string, object?)[] options)
        {
            using var loss = Presets.SegmentationModels(name, [("mode", "multiclass"), .. options]);
            return scene.Evaluate(loss).Value;
        }

        double Only(long k) => Value(("classes", (long[])[k]));
        Value(("classes", TwoClasses), ("class_weights", ThreeWeights)).ShouldBeClose(((0.5 * Only(0)) + (1.5 * Only(2))) / 2, Tolerance.Identity);
    }

    /// <summary>nnU-Net sorts weighted cross-entropies and takes their plain mean.</summary>
    [Theory]
    [InlineData("TopKLoss")]
    [InlineData("DC_and_topk_loss")]
    public void NnUnetTopK_TakesWeights(string name)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        using var loss = Presets.NnUnet(name, ("k", 30), ("weight", ThreeWeights), ("label_smoothing", 0.1));
        var logits = scene.LogitsTensor();
        var losses = nn.functional.cross_entropy(logits, scene.TargetTensor(), weight: tensor(ThreeWeights), reduction: Reduction.None, label_smoothing: 0.1).flatten();
        var expected = losses.topk((int)(losses.numel() * 30 / 100), 0).values.mean().item<double>();
        using var breakdown = loss.Breakdown(logits, scene.TargetTensor());
        breakdown.Parts[0].Raw.item<double>().ShouldBeClose(expected, Tolerance.Identity);
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
        Refuses(() => Presets.Monai("DiceCELoss", ("softmax", true), ("weight", 2.0)), "DiceCELoss takes a weight for each class*give a list*");
        Refuses(() => Presets.Monai("DiceLoss", ("softmax", true), ("weight", -2.0)), "the weight of the classes must be finite and not negative*");
        Refuses(() => Presets.Reference("WeightedCE"), "WeightedCE needs a weight for each class*take CE*");
        Refuses(() => Presets.SegmentationModels("DiceLoss", ("from_logits", false)), "losses here take logits*leave the softmax or sigmoid before DiceLoss out*");
        Refuses(() => Presets.SegmentationModels("FocalLoss", ("version", "0.4.0")), "the version is 0.5.0*'0.4.0'*");

        static void Refuses(Func<SegmentationLoss> create, string message) => create.Should().Throw<ArgumentException>().WithMessage(message);
    }
}
