namespace SegLossBias.Tests.Targets;

/// <summary>Wrong weights, maps, instances and soft labels are refused with a message that says what to do; nothing else happens.</summary>
public class TargetErrorTests
{
    private static readonly RegionImplementation[] Implementations = Enum.GetValues<RegionImplementation>();

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void WrongWeights_AreNamed(double weight, string text) => InEveryMode((mode, scene) =>
    {
        using var loss = LossTable.Create("RCE(L1)", mode);
        var weights = ones(2, 4, 5);
        weights[1, 2, 3] = tensor((float)weight);
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), scene.Target().WithPixelWeights(weights))).Should().Throw<ArgumentException>()
            .WithParameterName("target").WithMessage($"*{text}*2, 3]*");
    });

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(1.5, "1.5")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void WrongSoftLabels_AreNamed(double label, string text) => InEveryMode((mode, scene) =>
    {
        using var loss = LossTable.Create("DiceCE", mode);
        var soft = RichScenes.Make(scene, "soft").Target(ScalarType.Float32).Labels;
        soft[1, 0, 2, 3] = tensor((float)label);
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), soft)).Should().Throw<ArgumentException>()
            .WithParameterName("target").WithMessage($"*{text}*[1, 0, 2, 3]*");
    });

    [Fact]
    public void SoftLabelsOfExclusiveClasses_AddUpToOne() => InEveryMode((mode, scene) =>
    {
        using var loss = LossTable.Create("CE", mode);
        var soft = full([2, scene.Classes, 4, 5], 0.6, ScalarType.Float32);
        var call = FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), soft));
        if (mode == SegmentationMode.Multiclass)
        {
            call.Should().Throw<ArgumentException>().WithParameterName("target").WithMessage("*add up to 1 in each pixel, but those of pixel [0, 0, 0] add up to 1.8*");
        }
        else
        {
            call.Should().NotThrow();
        }
    });

    [Fact]
    public void NonFiniteMaps_AreNamed() => InEveryMode((mode, scene) =>
    {
        using var loss = new SegmentationLoss(new Boundary { Map = "my map" }) { Mode = mode };
        var map = zeros(scene.Shape);
        map[1, 0, 2, 3] = tensor(float.NaN);
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(), scene.Target().WithMap("my map", map))).Should().Throw<ArgumentException>()
            .WithParameterName("target").WithMessage("*my map*NaN*[1, 0, 2, 3]*");
    });

    [Fact]
    public void UncheckedValues_AreLeftOut() => InEveryMode((mode, scene) =>
    {
        using var loss = LossTable.Create("RCE(L1)", mode, checksLabels: false);
        var good = RichScenes.Make(scene, "soft");
        var (images, pixels) = (scene.Images, scene.Pixels);
        using var expected = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        var isShared = mode == SegmentationMode.Multiclass;
        double[] Spoilt(double with) => [.. good.Soft!.Select((y, i) => i % pixels == 3 && (isShared || i / pixels % scene.Classes == 0) ? with : y)];
        var (value, gradient) = (good with { Soft = Spoilt(Scene.Ignore) }).Evaluate(expected);
        foreach (var wrong in (double[])[double.NaN, -0.5, 2])
        {
            var (same, sameGradient) = (good with { Soft = Spoilt(wrong) }).Evaluate(loss);
            same.ShouldBeClose(value, Tolerance.Identity, $"{wrong}");
            sameGradient.ShouldBeClose(gradient, Tolerance.Identity, $"{wrong}");
        }

        var weights = ones(2, 4, 5);
        foreach (var wrong in (float[])[float.NaN, -1, float.PositiveInfinity])
        {
            weights[1, 2, 3] = tensor(wrong);
            var zero = weights.clone();
            zero[1, 2, 3] = tensor(0f);
            Evaluation.Scalar(loss, scene.LogitsTensor(), scene.Target().WithPixelWeights(weights)).Value
                .ShouldBeClose(Evaluation.Scalar(loss, scene.LogitsTensor(), scene.Target().WithPixelWeights(zero)).Value, Tolerance.Identity, $"{wrong}");
        }
    });

    [Fact]
    public void WrongShapes_AreRefused() => InEveryMode((mode, scene) =>
    {
        using var loss = LossTable.Create("CE", mode);
        var logits = scene.LogitsTensor();
        void Refused(SegmentationTarget target, string message) =>
            FluentActions.Invoking(() => loss.call(logits, target)).Should().Throw<ArgumentException>().WithParameterName(nameof(target)).WithMessage(message);
        Refused(scene.Target().WithPixelWeights(ones(2, 5, 4)), "*pixel weights must be [2, 4, 5] or [2, 1, 4, 5]*but their shape is [2, 5, 4]*");
        Refused(scene.Target().WithPixelWeights(ones(2, 4, 5).to_sparse()), "*dense*");
        Refused(scene.Target().WithPixelWeights(quantize_per_tensor(ones(2, 4, 5), 0.5, 0, ScalarType.QInt8)), "*dense tensor of real numbers, but the tensor is QInt8*");
        Refused(scene.Target().WithMap("m", ones(2, 7, 4, 5)), "*the shape of 'm' is [2, 7, 4, 5]*");
        Refused(scene.Target().WithInstances(zeros(2, 9, 5, dtype: ScalarType.Int32)), "*instance ids must be*");
        Refused(scene.Target().WithInstances(zeros(2, 4, 5)), "*instance ids must be integers*");
    });

    [Fact]
    public void WhatALossReads_MustBeThere()
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(SegmentationMode.Binary);
        using var boundary = new SegmentationLoss(new Boundary()) { Mode = SegmentationMode.Binary };
        FluentActions.Invoking(() => boundary.call(scene.LogitsTensor(), scene.TargetTensor())).Should().Throw<ArgumentException>()
            .WithMessage("*reads a map 'distance' of the target, but the target has no map*WithMap*");
        FluentActions.Invoking(() => boundary.call(scene.LogitsTensor(), scene.Target().WithMap("other", zeros(scene.Shape)))).Should().Throw<ArgumentException>()
            .WithMessage("*but the target has only other*");
        using var blobs = new SegmentationLoss(new BlobDice()) { Mode = SegmentationMode.Binary };
        FluentActions.Invoking(() => blobs.call(scene.LogitsTensor(), scene.TargetTensor())).Should().Throw<ArgumentException>()
            .WithMessage("*reads the instances of the target, but the target has none*ConnectedComponents*");
        FluentActions.Invoking(() => blobs.call(scene.LogitsTensor(), new SegmentationTarget(ones(2, 4, 5)).WithInstances(ones([2, 4, 5], ScalarType.Int32)))).Should().Throw<ArgumentException>()
            .WithMessage("*instances need hard labels*");
    }

    [Fact]
    public void WrongInstances_AreNamed()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new BlobDice());
        var labels = tensor([0L, 1, 1, 2], [1, 4]);
        var logits = zeros(1, 3, 4);
        void Refused(long[] ids, string message) =>
            FluentActions.Invoking(() => loss.call(logits, new SegmentationTarget(labels).WithInstances(tensor(ids, [1, 4])))).Should().Throw<ArgumentException>().WithParameterName("target").WithMessage(message);
        Refused([0, -1, 1, 0], "*but -1 occurs at [0, 1]*");
        Refused([0, 1 << 20, 1, 0], "*at most 65536, but 1048576 occurs*");
        Refused([0, 1, 1, 1], "*instance have one class, but that at [0, *] has class*");
        using var binary = new SegmentationLoss(new BlobDice()) { Mode = SegmentationMode.Binary };
        FluentActions.Invoking(() => binary.call(zeros(1, 1, 4), new SegmentationTarget(tensor([0L, 1, 1, 0], [1, 4])).WithInstances(tensor([0L, 1, 1, 1], [1, 4])))).Should().Throw<ArgumentException>()
            .WithMessage("*the pixel at [0, 3] has an id and is labelled 0*");
    }

    [Fact]
    public void Instances_HaveFewStatistics()
    {
        var instances = new Regions(SegmentationMode.Multiclass, 3, 0).Instances;
        instances.Invoking(r => r.NegativeLogLikelihood).Should().Throw<InvalidOperationException>().WithMessage("Instances have an overlap*regions.Foreground*");
        instances.Invoking(r => r.PredictedSize(10)).Should().Throw<InvalidOperationException>();
        instances.Invoking(r => r.Only(ClassSelection.WithoutBackground)).Should().Throw<InvalidOperationException>().WithMessage("*one class in one image and of another in the next*");
        instances.Invoking(r => r.Weights(null)).Should().Throw<InvalidOperationException>();
    }

    private static void InEveryMode(Action<SegmentationMode, Scene> check)
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            foreach (var implementation in Implementations)
            {
                using var scope = NewDisposeScope();
                using var forced = RegionPrimitive.Force(implementation);
                check(mode, Scenes.Usual(mode));
            }
        }
    }
}
