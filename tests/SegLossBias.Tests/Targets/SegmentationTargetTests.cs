using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Targets;

/// <summary>The target as an object: conversions, hooks, layouts, dtypes, and what a graph keeps.</summary>
public class SegmentationTargetTests
{
    [Fact]
    public void Labels_AreATarget()
    {
        using var scope = NewDisposeScope();
        var labels = zeros(1, 2, dtype: ScalarType.Int64);
        SegmentationTarget target = labels;
        target.Labels.Should().BeSameAs(labels);
        SegmentationTarget.FromTensor(labels).Labels.Should().BeSameAs(labels);
        (target.PixelWeights, target.InstanceIds, target.Maps.Count).Should().Be((null, null, 0));
        var more = target.WithPixelWeights(ones(1, 2)).WithMap("a", ones(1, 2, 2)).WithMap("a", zeros(1, 2, 2)).WithInstances(labels);
        more.Maps.Should().ContainSingle();
        more.Maps["a"].sum().item<float>().Should().Be(0, "the later map of a name counts");
        target.HasLabelsAlone.Should().BeTrue("a target does not change");
        FluentActions.Invoking(() => target.WithMap(" ", labels)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new SegmentationTarget(null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void EveryWayToCall_IsTheSame()
    {
        using var scope = NewDisposeScope();
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multiclass), "soft, weights");
        using var loss = LossTable.Create("RCE(L1)");
        nn.Module<Tensor, Tensor, Tensor> module = loss;
        var (logits, target) = (scene.LogitsTensor(), scene.Target());
        var expected = loss.call(logits, target).item<double>();
        loss.forward(logits, target).item<double>().Should().Be(expected);
        using var breakdown = loss.Breakdown(logits, target);
        breakdown.Total.item<double>().Should().Be(expected);
        loss.call(logits, target.Labels).item<double>().Should().NotBe(expected).And.Be(module.call(logits, target.Labels).item<double>(), "weights are of the other call alone");
    }

    [Fact]
    public void Hooks_SeeTheLabels_AndMayReplaceThem()
    {
        using var scope = NewDisposeScope();
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multiclass), "weights");
        using var loss = LossTable.Create("CE");
        var (logits, target) = (scene.LogitsTensor(), scene.Target());
        var plain = loss.call(logits, target).item<double>();
        var seen = 0;
        var hook = loss.register_forward_pre_hook((_, input, labels) =>
        {
            seen++;
            labels.Handle.Should().NotBe(IntPtr.Zero);
            return (input, zeros_like(labels));
        });
        var replaced = loss.call(logits, target).item<double>();
        hook.remove();
        seen.Should().Be(1);
        replaced.Should().Be(loss.call(logits, new SegmentationTarget(zeros_like(target.Labels)).WithPixelWeights(target.PixelWeights!)).item<double>());
        loss.call(logits, target).item<double>().Should().Be(plain);
    }

    /// <summary>Weights belong to the call, not to whatever loss is evaluated next.</summary>
    [Fact]
    public void LossesInHooks_HaveTargetsOfTheirOwn()
    {
        using var scope = NewDisposeScope();
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multiclass), "weights");
        using var loss = LossTable.Create("CE");
        using var inner = LossTable.Create("Focal");
        var (logits, target) = (scene.LogitsTensor(), scene.Target());
        var (expected, expectedInner) = (loss.call(logits, target).item<double>(), inner.call(logits, target.Labels).item<double>());
        var innerWeighted = inner.call(logits, target).item<double>();
        var seen = new List<double>();
        var hook = loss.register_forward_pre_hook((_, input, labels) =>
        {
            seen.Add(inner.call(input, labels).item<double>());
            seen.Add(inner.call(input, target).item<double>());
            return (input, labels);
        });
        loss.call(logits, target).item<double>().Should().Be(expected);
        hook.remove();
        seen.Should().Equal(expectedInner, innerWeighted);
    }

    /// <summary>The size of an instance needs the overlap, whether a term reads that or not.</summary>
    [Fact]
    public void PredictedSizeOfInstances_ByItself_IsTheSameOnBothRoads()
    {
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multilabel), "weights");
        using var loss = new SegmentationLoss(new InstanceSize()) { Mode = SegmentationMode.Multilabel };
        var results = Enum.GetValues<RegionImplementation>().Select(implementation =>
        {
            using var forced = RegionPrimitive.Force(implementation);
            return scene.Evaluate(loss);
        }).ToArray();
        results[0].Value.Should().BeGreaterThan(1);
        results[1].Value.ShouldBeClose(results[0].Value, Tolerance.Identity);
        results[1].Gradient.ShouldBeClose(results[0].Gradient, Tolerance.Of(ScalarType.Float64));
    }

    private sealed class InstanceSize() : RegionTerm("InstanceSize")
    {
        protected override LossFormula Define(Regions regions) => regions.Instances.PredictedSize().Where(regions.Instances.TargetSize).Sum(Axis.Classes);
    }

    [Fact]
    public void AFailedCall_LeavesNothingForTheNext()
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("CE");
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var expected = loss.call(scene.LogitsTensor(), scene.TargetTensor()).item<double>();
        FluentActions.Invoking(() => loss.call(zeros(3), scene.Target().WithPixelWeights(zeros(2, 4, 5)))).Should().Throw<ArgumentException>();
        loss.call(scene.LogitsTensor(), scene.TargetTensor()).item<double>().Should().Be(expected);
    }

    /// <summary>Weights may be masks or counts, and any float; the numbers of narrow types are those that they hold.</summary>
    [Theory]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Weights_MayHaveAnyType(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        foreach (var logitsType in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.Float16])
        {
            foreach (var mode in Enum.GetValues<SegmentationMode>())
            {
                using var loss = LossTable.Create("DiceCE", mode);
                var scene = Scenes.Usual(mode);
                var weights = arange(40, dtype: ScalarType.Int64).reshape(2, 4, 5).remainder(2);
                var (value, gradient) = Evaluation.Scalar(loss, scene.LogitsTensor(logitsType), scene.Target().WithPixelWeights(weights.to(dtype)));
                var (expected, expectedGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(logitsType), scene.Target().WithPixelWeights(weights.to(ScalarType.Float64)));
                value.Should().Be(expected, $"{logitsType}, {mode}");
                gradient.Should().Equal(expectedGradient, $"{logitsType}, {mode}");
            }
        }
    }

    [Fact]
    public void Layouts_ChangeNothing()
    {
        using var scope = NewDisposeScope();
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            var scene = RichScenes.Make(Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 3, 6, 7], ignored: 0.2), "soft, weights");
            using var loss = new SegmentationLoss(new CrossEntropy() + new Dice { Form = DiceForm.Squared } + (0.1 * new Boundary())) { Mode = mode, IgnoreIndex = Scene.Ignore };
            var target = scene.Target();
            var (expected, expectedGradient) = Evaluation.Scalar(loss, scene.LogitsTensor(), target);
            foreach (var (layout, relay) in Layouts)
            {
                var other = new SegmentationTarget(relay(target.Labels)).WithPixelWeights(relay(target.PixelWeights!)).WithMap("distance", relay(target.Maps["distance"]));
                foreach (var logits in (Tensor[])[scene.LogitsTensor(), relay(scene.LogitsTensor())])
                {
                    var (value, gradient) = Evaluation.Scalar(loss, logits, other);
                    value.ShouldBeClose(expected, Tolerance.Identity, $"{layout}, {mode}");
                    gradient.ShouldBeClose(expectedGradient, Tolerance.Identity, $"{layout}, {mode}");
                }
            }
        }
    }

    /// <summary>A change of a weight between forward and backward is noticed, as one of the logits is.</summary>
    [Fact]
    public void ChangesInPlace_AreNoticed()
    {
        using var scope = NewDisposeScope();
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multiclass), "soft, weights");
        using var loss = LossTable.Create("CE");
        var target = scene.Target();
        foreach (var tensor in (Tensor[])[target.Labels, target.PixelWeights!])
        {
            var value = loss.call(scene.LogitsTensor().requires_grad_(true), target);
            tensor.mul_(1.0.ToScalar());
            FluentActions.Invoking(() => value.backward()).Should().Throw<System.Runtime.InteropServices.ExternalException>();
        }
    }

    [Fact]
    public void MapsAndInstancesThatNoTermReads_CostNothing()
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("CE");
        var scene = Scenes.Usual(SegmentationMode.Multiclass);
        var wrong = scene.Target().WithMap("unused", full(scene.Shape, double.NaN, ScalarType.Float32)).WithInstances(full([2, 4, 5], -1, ScalarType.Int32));
        Evaluation.Scalar(loss, scene.LogitsTensor(), wrong).Value.Should().Be(scene.Evaluate(loss).Value);
    }

    /// <summary>The library's own maps, from labels to losses: the loss falls when the prediction becomes the region.</summary>
    [Fact]
    public void MapsOfTheLibrary_GoWithTheLosses()
    {
        using var scope = NewDisposeScope();
        var labels = zeros([1, 24, 24], ScalarType.Int64);
        labels[0, TensorIndex.Slice(2, 6), TensorIndex.Slice(2, 6)] = tensor(1L);
        labels[0, TensorIndex.Slice(12, 22), TensorIndex.Slice(10, 20)] = tensor(1L);
        var ids = ConnectedComponents.Compute(labels, 2);
        var target = new SegmentationTarget(labels).WithInstances(ids).WithMap("distance", SignedDistanceMap.Compute(labels, 2)).WithPixelWeights(BorderWeightMap.Compute(ids));
        using var loss = new SegmentationLoss(new CrossEntropy() + new BlobDice() + (0.01 * new Boundary { Classes = ClassSelection.WithoutBackground }));
        var sure = nn.functional.one_hot(labels, 2).permute(0, 3, 1, 2).to(ScalarType.Float32);
        var values = new[] { -4f, 0, 1, 4, 12 }.Select(factor => loss.call(sure.mul(factor.ToScalar()), target).item<float>()).ToArray();
        values.Should().BeInDescendingOrder();
        target.WithPixelWeights(ones(1, 24, 24)).PixelWeights!.sum().item<float>().Should().BeLessThan(target.PixelWeights!.sum().item<float>(), "the border weighs more");
    }

    [Fact]
    public void Memory_IsFlat()
    {
        var scene = RichScenes.Make(Scenes.Usual(SegmentationMode.Multiclass, ignored: 0.2), "weights");
        using var loss = new SegmentationLoss(new CrossEntropy() + new BlobDice() + new Boundary()) { IgnoreIndex = Scene.Ignore };
        _ = scene.Evaluate(loss);
        LiveHandles.LeftBy(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                _ = scene.Evaluate(loss);
            }
        }).Should().Be(0);
    }

    private static (string Name, Func<Tensor, Tensor> Relay)[] Layouts =>
    [
        ("transposed", tensor => tensor.transpose(-1, -2).contiguous().transpose(-1, -2)),
        ("channels last", tensor => tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : tensor),
        ("every second column", tensor => stack([tensor, zeros_like(tensor)], -1).flatten(-2)[TensorIndex.Ellipsis, TensorIndex.Slice(null, null, 2)]),
    ];
}
