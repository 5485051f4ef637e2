using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Losses;

/// <summary>Deep supervision against the sum by hand.</summary>
public class DeepSupervisionTests
{
    private static readonly long[][] Sizes = [[7, 8], [4, 4], [2, 3]];

    [Theory]
    [InlineData(NearestRule.Nearest)]
    [InlineData(NearestRule.NearestExact)]
    public void Places_AreThoseOfInterpolate(NearestRule rule)
    {
        using var scope = NewDisposeScope();
        var mode = rule == NearestRule.Nearest ? InterpolationMode.Nearest : InterpolationMode.NearestExact;
        for (var from = 1L; from <= 40; from++)
        {
            var pixels = arange(from, dtype: ScalarType.Float32).reshape(1, 1, 1, from);
            for (var to = 1L; to <= 40; to++)
            {
                var expected = nn.functional.interpolate(pixels, [1, to], mode: mode);
                TargetResize.Places(from, to, rule).Should().Equal(Evaluation.Numbers(expected).Select(place => (long)place), $"{from} to {to}");
            }
        }
    }

    [Theory]
    [InlineData(SegmentationMode.Multiclass, false, false)]
    [InlineData(SegmentationMode.Binary, true, false)]
    [InlineData(SegmentationMode.Multilabel, false, true)]
    public void ValueAndGradients_AreThoseOfTheSumByHand(SegmentationMode mode, bool skips, bool isCoarsestFirst)
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy() + new Dice { Smoothing = 1 }) { Mode = mode, IgnoreIndex = Scene.Ignore };
        var supervision = new DeepSupervision(loss) { SkipsCoarsest = skips, IsCoarsestFirst = isCoarsestFirst, Resizing = NearestRule.Nearest };
        var (outputs, labels) = Outputs(mode);
        var given = isCoarsestFirst ? outputs.Reverse().ToArray() : outputs;
        double[] weights = skips ? [1 / 1.5, 0.5 / 1.5, 0] : [1 / 1.75, 0.5 / 1.75, 0.25 / 1.75];

        var value = supervision.call(given, labels);
        value.backward();

        var byHand = outputs.Select((output, index) => loss.call(output.detach().requires_grad_(true), ByInterpolation(labels, output)) * weights[index]).Aggregate((sum, next) => sum + next);
        value.item<double>().ShouldBeClose(byHand.item<double>(), Tolerance.Identity);
        foreach (var (output, weight) in outputs.Zip(weights))
        {
            if (weight == 0)
            {
                (output.grad is null).Should().Be(true, "an output of weight 0 is not evaluated");
                continue;
            }

            var (_, gradient) = Evaluation.Scalar(loss, output, ByInterpolation(labels, output), upstream: weight);
            Evaluation.Numbers(output.grad!).ShouldBeClose(gradient, Tolerance.Identity);
        }
    }

    /// <summary>Weights of another size than the labels belong to another image; stretching them would hide that.</summary>
    [Fact]
    public void PartOfAnotherSizeThanTheLabels_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy());
        Tensor[] outputs = [zeros(2, 3, 4, 6), zeros(2, 3, 2, 3)];
        var labels = zeros([2, 4, 6], ScalarType.Int64);
        var supervision = new DeepSupervision(loss);
        foreach (var width in (long[])[5, 7, 12])
        {
            FluentActions.Invoking(() => supervision.call(outputs, new SegmentationTarget(labels).WithPixelWeights(ones(2, 4, width))))
                .Should().Throw<ArgumentException>().WithMessage($"*the pixel weights must be [2, 4, 6]*but their shape is [2, 4, {width}]*");
        }

        supervision.call(outputs, new SegmentationTarget(labels).WithPixelWeights(ones(2, 4, 6))).item<float>().Should().BeApproximately(MathF.Log(3), 1e-6f);
    }

    /// <summary>Soft labels, weights, a map and instances are all taken from the same pixels.</summary>
    [Theory]
    [InlineData("soft, weights")]
    [InlineData("weights")]
    public void AllOfATarget_IsResizedAlike(string kind)
    {
        using var scope = NewDisposeScope();
        var scene = RichScenes.Make(Scenes.Fixed(SegmentationMode.Multiclass, [2, 3, 6, 6], seed: 2, ignored: 0.2), kind);
        var target = scene.Target();
        target = target.WithMap("distance", target.Maps["distance"], MapUnit.Millimetres);
        var small = TargetResize.To(target, [2, 3, 3, 3], NearestRule.Nearest, []);
        Tensor Every(Tensor given) => given[TensorIndex.Ellipsis, TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)];
        Evaluation.Numbers(small.Labels).Should().Equal(Evaluation.Numbers(Every(target.Labels)));
        small.Labels.dtype.Should().Be(target.Labels.dtype);
        Evaluation.Numbers(small.PixelWeights!).Should().Equal(Evaluation.Numbers(Every(target.PixelWeights!)));
        Evaluation.Numbers(small.Maps["distance"]).Should().Equal(Evaluation.Numbers(Every(target.Maps["distance"])));
        (small.InstanceIds is null).Should().Be(kind != "weights", "soft labels have no instances");
        if (small.InstanceIds is { } ids)
        {
            Evaluation.Numbers(ids).Should().Equal(Evaluation.Numbers(Every(target.InstanceIds!)));
        }

        using var loss = new SegmentationLoss(kind == "weights" ? new CrossEntropy() + new BlobDice() + new Boundary() : new CrossEntropy() + new Boundary()) { IgnoreIndex = Scene.Ignore };
        var output = randn([2, 3, 3, 3], ScalarType.Float64);
        var expected = loss.call(output, small);
        new DeepSupervision(loss) { Resizing = NearestRule.Nearest }.call([output], target).item<double>().Should().Be(expected.item<double>());
    }

    /// <summary>A ramp of distances in pixels is a ramp of the smaller pixels; in mm it stays; one without a unit is refused where it is read as distances.</summary>
    [Fact]
    public void Distances_AreScaledInTheirUnit()
    {
        using var scope = NewDisposeScope();
        var ramp = arange(16, ScalarType.Float64, CPU).view(1, 1, 16, 1).expand(1, 2, 16, 12);
        SegmentationTarget Target(long height) => new(zeros([1, height, 12], ScalarType.Int64, CPU));
        var target = Target(16);
        double[] Resized(Tensor map, MapUnit unit, params long[] space) =>
            Evaluation.Numbers(TargetResize.To(Target(map.shape[2]).WithMap("distance", map, unit), [1, 2, .. space], NearestRule.Nearest, ["distance"]).Maps["distance"].select(3, 0).select(1, 0));
        Resized(ramp, MapUnit.Pixels, 8, 6).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        Resized(ramp.to(ScalarType.Int64), MapUnit.Pixels, 4, 3).Should().Equal(0, 1, 2, 3);
        Resized(ramp, MapUnit.Millimetres, 4, 3).Should().Equal(0, 4, 8, 12);
        Resized(ramp, MapUnit.None, 16, 12).Should().HaveCount(16, "nothing is resized");
        Resized(ramp.narrow(2, 0, 15), MapUnit.Pixels, 8, 6).Should().HaveCount(8, "15 and 12 pixels become 8 and 6 alike");

        using var boundary = new SegmentationLoss(new CrossEntropy() + new Boundary());
        using var hausdorff = new SegmentationLoss(new HausdorffDistance { Map = "distance" });
        using var own = new SegmentationLoss(new OwnDistance());
        using var other = new SegmentationLoss(new CrossEntropy());
        Tensor[] outputs = [zeros([1, 2, 16, 12], ScalarType.Float64, CPU), zeros([1, 2, 8, 6], ScalarType.Float64, CPU)];
        foreach (var loss in (SegmentationLoss[])[boundary, hausdorff, own])
        {
            var supervision = new DeepSupervision(loss);
            Refuses(() => supervision.call(outputs, target.WithMap("distance", ramp)), "the map 'distance' is read as distances*MapUnit.Pixels) or MapUnit.Millimetres*");
            Refuses(() => supervision.call([outputs[0], outputs[1].narrow(3, 0, 2)], target.WithMap("distance", ramp, MapUnit.Pixels)), "*all axes shrink alike*a target for each output*");
        }

        // p = ½: half the mean of the map at each size, 7.5 and 3.5 pixels, weighted ⅔ and ⅓.
        using var alone = new SegmentationLoss(new Boundary());
        var nearest = new DeepSupervision(alone) { Resizing = NearestRule.Nearest };
        nearest.call(outputs, target.WithMap("distance", ramp, MapUnit.Pixels)).item<double>().ShouldBeClose(((2 * 7.5) + 3.5) / 6, Tolerance.Identity);
        nearest.call(outputs, target.WithMap("distance", ramp, MapUnit.Millimetres)).item<double>().ShouldBeClose(((2 * 7.5) + 7) / 6, Tolerance.Identity);
        new DeepSupervision(own) { Resizing = NearestRule.Nearest }.call(outputs, target.WithMap("distance", ramp, MapUnit.Pixels)).item<double>().ShouldBeClose(((2 * 7.5) + 3.5) / 3, Tolerance.Identity);
        new DeepSupervision(other).call(outputs, target.WithMap("distance", ramp)).item<double>().ShouldBeClose(Math.Log(2), Tolerance.Identity);
        Refuses(() => target.WithMap("distance", ramp, (MapUnit)9), "unit must be one of MapUnit*");
    }

    [Fact]
    public void TargetsOfEachOutput_AreReadAsTheyAre()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy() + new Dice()) { IgnoreIndex = Scene.Ignore };
        var supervision = new DeepSupervision(loss);
        var (outputs, labels) = Outputs(SegmentationMode.Multiclass);
        SegmentationTarget[] targets = [.. outputs.Select(output => TargetResize.To(labels, output.shape, NearestRule.NearestExact, []))];
        var expected = supervision.call(outputs, labels).item<double>();
        supervision.call(outputs, targets).item<double>().Should().Be(expected);
        using var parts = supervision.Breakdown(outputs, targets);
        parts.Total.item<double>().Should().Be(expected);
        Refuses(() => supervision.call(outputs, [labels, labels]), "there must be one target for each output, but there are 2 targets and 3 outputs*");
        Refuses(() => supervision.call(outputs, [labels, labels, labels]), "*target must be*");
    }

    [Fact]
    public void Breakdown_HasTheValueOfEachOutput()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = Scene.Ignore };
        var supervision = new DeepSupervision(loss) { Weights = [3, 2, 1], NormalizesWeights = false };
        var (outputs, labels) = Outputs(SegmentationMode.Multiclass);
        using var parts = supervision.Breakdown(outputs, labels);
        parts.Parts.Select(part => (part.Name, part.Lambda)).Should().Equal(("output 0, 7×8", 3.0), ("output 1, 4×4", 2.0), ("output 2, 2×3", 1.0));
        parts.Total.item<double>().ShouldBeClose(parts.Parts.Sum(part => part.Weighted.item<double>()), Tolerance.Identity);
        parts.Total.item<double>().Should().Be(supervision.call(outputs, labels).item<double>());
        parts.Parts[0].Raw.requires_grad.Should().Be(false);
        parts.ToString().Should().StartWith("CE ").And.Contain("3 × output 0, 7×8 ");
        parts.Total.backward();
        outputs.Should().OnlyContain(output => output.grad!.count_nonzero().item<long>() > 0);
    }

    [Fact]
    public void Handles_AreFreed()
    {
        using var loss = new SegmentationLoss(new DiceCeLoss().Matching + new LovaszSoftmax()) { IgnoreIndex = Scene.Ignore };
        var supervision = new DeepSupervision(loss);
        using var scope = NewDisposeScope();
        var (outputs, labels) = Outputs(SegmentationMode.Multiclass);
        var fewer = labels.narrow(0, 0, 1);
        LiveHandles.LeftBy(() =>
        {
            var value = supervision.call(outputs, labels);
            value.backward();
            value.Dispose();
            supervision.Breakdown(outputs, labels).Dispose();
            FluentActions.Invoking(() => supervision.call(outputs, fewer)).Should().Throw<ArgumentException>();
        }).Should().Be(0);
        LiveHandles.LeftBy(() => FluentActions.Invoking(() => supervision.call([outputs[1], outputs[0]], labels)).Should().Throw<ArgumentException>()).Should().Be(0);
    }

    [Fact]
    public void WrongUse_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var loss = new SegmentationLoss(new CrossEntropy()) { IgnoreIndex = Scene.Ignore };
        var (outputs, labels) = Outputs(SegmentationMode.Multiclass);
        Refuses(() => new DeepSupervision(loss).call([], labels), "deep supervision needs at least one output*");
        Refuses(() => new DeepSupervision(loss).call([outputs[0].reshape(2, -1)], labels), "deep supervision needs at least one output, each [[]N, K, [*]]*");
        Refuses(() => new DeepSupervision(loss).call([.. outputs.Reverse()], labels), "outputs must come from the finest to the coarsest*IsCoarsestFirst to true.*");
        Refuses(() => new DeepSupervision(loss) { IsCoarsestFirst = true }.call(outputs, labels), "outputs must come from the coarsest to the finest*to false.*");
        Refuses(() => new DeepSupervision(loss) { Weights = [1, 2] }.call(outputs, labels), "*2 weights, [[]1, 2], and 3 outputs*");
        Refuses(() => new DeepSupervision(loss) { Weights = [0, 0, 1], SkipsCoarsest = true }.call(outputs, labels), "*SkipsCoarsest leaves none*");
        Refuses(() => new DeepSupervision(loss) { Weights = [1, -2] }, "weights of outputs must be finite*[[]1, -2]*");
        Refuses(() => new DeepSupervision(loss) { Weights = [0] }, "weights of outputs must be finite*");
        Refuses(() => new DeepSupervision(loss) { Resizing = (NearestRule)5 }, "Resizing must be one of NearestRule*");
        Refuses(() => new DeepSupervision(null!), "loss must not be null*");
        Refuses(() => new DeepSupervision(loss).call(null!, labels), "*outputs*");
        Refuses(() => new DeepSupervision(loss).call(outputs, (SegmentationTarget)null!), "*target*");
        Refuses(() => new DeepSupervision(loss).call([outputs[0].squeeze()], labels.unsqueeze(-1)), "*target must be*");
        var gone = outputs[1].alias();
        gone.Dispose();
        Refuses(() => new DeepSupervision(loss).call([outputs[0], gone], labels), "outputs[[]1[]] must be a live tensor*");
    }

    private static void Refuses(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message.Replace("[[]", "[", StringComparison.Ordinal).Replace("[]]", "]", StringComparison.Ordinal).Replace("[*]", "*", StringComparison.Ordinal));

    private static void Refuses(Func<object> action, string message) => Refuses(() => { _ = action(); }, message);

    /// <summary>A user's term over distances: Σ φ·p / |V| of both classes.</summary>
    private sealed class OwnDistance() : RegionTerm("OwnDistance")
    {
        protected internal override IReadOnlyCollection<string> DistanceMaps => ["distance"];

        protected override LossFormula Define(Regions regions) => (regions.All.MapSum("distance") / regions.All.ValidSize).Sum(Axis.Classes);
    }

    /// <summary>Outputs of three sizes, and labels of the finest.</summary>
    private static (Tensor[] Outputs, Tensor Labels) Outputs(SegmentationMode mode)
    {
        var channels = mode == SegmentationMode.Binary ? 1L : 3;
        var scenes = Sizes.Select((size, index) => Scenes.Fixed(mode, [2, channels, .. size], seed: index + 1, ignored: 0.2)).ToArray();
        return ([.. scenes.Select(scene => scene.LogitsTensor().requires_grad_(true))], scenes[0].TargetTensor());
    }

    private static Tensor ByInterpolation(Tensor labels, Tensor output)
    {
        var hasChannels = labels.dim() == output.dim();
        var resized = nn.functional.interpolate((hasChannels ? labels : labels.unsqueeze(1)).to(ScalarType.Float32), output.shape[2..], mode: InterpolationMode.Nearest).to(ScalarType.Int64);
        return hasChannels ? resized : resized.squeeze(1);
    }
}
