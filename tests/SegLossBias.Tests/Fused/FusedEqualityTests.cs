using SegLossBias.Tests.Kernels;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>Fused against composed: the same statistics, losses and gradients, whatever the input looks like.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class FusedEqualityTests
{
    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    public static TheoryData<SegmentationMode, ScalarType> ModesAndTypes
    {
        get
        {
            var data = new TheoryData<SegmentationMode, ScalarType>();
            foreach (var mode in FusedScenes.Modes)
            {
                foreach (var type in FusedScenes.Types)
                {
                    data.Add(mode, type);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void EveryLoss_IsTheSameFusedAndComposed(string name, SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        foreach (var shape in (long[][])[[3, 1, 7, 11], [1, 1, 1], [2, 1, 3, 4, 5]])
        {
            var scene = Scenes.Fixed(mode, [shape[0], mode == SegmentationMode.Binary ? 1 : 4, .. shape[2..]], ignored: 0.2);
            foreach (var type in FusedScenes.Types)
            {
                var (logits, target) = (scene.LogitsTensor(type), scene.TargetTensor());
                var fused = Evaluate(loss, logits, target, RegionImplementation.Fused);
                var composed = Evaluate(loss, logits, target, RegionImplementation.Composed);
                fused.Value.ShouldBeClose(composed.Value, type == ScalarType.Float64 ? Tolerance.Identity : Tolerance.Of(ScalarType.Float32), $"{name}, {type}");
                fused.Gradient.ShouldBeClose(composed.Gradient, type == ScalarType.Float64 ? Tolerance.Of(type) : Tolerance.Of(ScalarType.Float32) + (2 * Tolerance.StoredGradient(type)), $"{name}, {type}");
            }
        }
    }

    [Fact]
    public void AnyScene_HasTheSameStatisticsFusedAndComposed() =>
        (from mode in Gen.Enum<SegmentationMode>()
         from classes in mode == SegmentationMode.Multiclass ? Gen.Int[2, 30] : mode == SegmentationMode.Binary ? Gen.Const(1) : Gen.Int[1, 5]
         from images in Gen.Int[1, 4]
         from pixels in Gen.Int[1, 300]
         from pattern in Gen.Int[0, 4]
         from seed in Gen.Int[0, 1 << 20]
         select (Mode: mode, Classes: classes, Images: images, Pixels: pixels, Pattern: pattern, Seed: seed))
        .Sample(
            x =>
            {
                using var scope = NewDisposeScope();
                var scene = KernelScenes.Make(x.Mode, x.Images, x.Classes, x.Pixels, x.Seed, 3, x.Pattern);
                var (value, gradient) = Statistics(scene, scene.LogitsTensor(), RegionImplementation.Fused);
                var (same, sameGradient) = Statistics(scene, scene.LogitsTensor(), RegionImplementation.Composed);
                value.ShouldBeClose(same, Tolerance.Identity);
                gradient.ShouldBeCloseToLargest(sameGradient, Tolerance.Identity, floor: 0.1);
            },
            iter: 100,
            threads: 1,
            print: x => $"{x.Mode}, K={x.Classes}, N={x.Images}, V={x.Pixels}, pattern {x.Pattern}, seed {x.Seed}");

    /// <summary>Contiguous and channels_last logits are read where they are; the gradient lies as they do.</summary>
    [Theory]
    [MemberData(nameof(ModesAndTypes))]
    public void Layouts_ChangeNothingAndTheGradientFollows(SegmentationMode mode, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 5, 9, 7], ignored: 0.2);
        var (value, gradient) = Statistics(scene, scene.LogitsTensor(type), RegionImplementation.Fused);
        foreach (var (layout, isDense) in ((Func<Tensor, Tensor>, bool)[])
            [(FusedScenes.ChannelsLast, true), (t => t.transpose(2, 3).contiguous().transpose(2, 3), true), (t => t.transpose(0, 2).contiguous().transpose(0, 2), true), (t => t.repeat_interleave(2, 3)[.., .., .., TensorIndex.Slice(step: 2)], false), (t => nn.functional.pad(t, [2, 1, 1, 3])[.., .., 1..^3, 2..^1], false)])
        {
            var leaf = layout(scene.LogitsTensor(type)).detach().requires_grad_(true);
            using var regions = RegionStatistics.Compute(leaf, scene.TargetTensor(), mode, Scene.Ignore, FusedScenes.Statistics(mode));
            var sum = FusedScenes.Weighted(regions, FusedScenes.Statistics(mode));
            sum.item<double>().ShouldBeClose(value, Tolerance.Statistic(type));
            sum.backward();
            leaf.grad!.dtype.Should().Be(type);
            Evaluation.Numbers(leaf.grad!).ShouldBeCloseToLargest(gradient, type == ScalarType.Float64 ? Tolerance.Identity : Tolerance.StoredGradient(type));
            if (isDense)
            {
                leaf.grad!.stride().Should().Equal(leaf.stride(), "the gradient has the memory format of the logits");
            }
        }
    }

    /// <summary>Where the gradient lies is decided by the library, not by the leaf that collects it.</summary>
    [Theory]
    [MemberData(nameof(ModesAndTypes))]
    public void GradientInsideTheGraph_HasTypeAndLayoutOfTheLogits(SegmentationMode mode, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode, Scene.Ignore);
        var scene = Scenes.Fixed(mode, [2, mode == SegmentationMode.Binary ? 1 : 5, 9, 7], ignored: 0.2);
        foreach (var layout in (Func<Tensor, Tensor>[])[t => t, FusedScenes.ChannelsLast])
        {
            var inner = layout(scene.LogitsTensor(type)).detach().requires_grad_(true);
            var gradient = autograd.grad([loss.call(inner, scene.TargetTensor())], [inner])[0];
            (gradient.dtype, gradient.shape.Length).Should().Be((type, 4));
            gradient.stride().Should().Equal(inner.stride());
        }
    }

    [Fact]
    public void Implementation_IsAutomaticCanBeForcedAndIsVisible()
    {
        using var scope = NewDisposeScope();
        string Name()
        {
            using var regions = RegionStatistics.Compute(zeros(1, 3, 4), zeros([1, 4], ScalarType.Int64), SegmentationMode.Multiclass, null);
            return regions.Implementation;
        }

        Name().Should().StartWith("fused, ");
        using (RegionPrimitive.Force(RegionImplementation.Composed))
        {
            Name().Should().Be("composed");
            using (RegionPrimitive.Force(RegionImplementation.Fused))
            {
                Name().Should().StartWith("fused, ");
            }

            Name().Should().Be("composed");
        }

        Name().Should().StartWith("fused, ");
        using var empty = RegionStatistics.Compute(zeros(0, 3, 4), zeros([0, 4], ScalarType.Int64), SegmentationMode.Multiclass, null, RegionStatistic.Overlap);
        empty.Overlap.shape.Should().Equal([0, 3], "an empty batch has no memory to walk over");
    }

    private static (double Value, double[] Gradient) Evaluate(SegmentationLoss loss, Tensor logits, Tensor target, RegionImplementation implementation)
    {
        using var forced = RegionPrimitive.Force(implementation);
        return Evaluation.Scalar(loss, logits, target);
    }

    private static (double Value, double[] Gradient) Statistics(Scene scene, Tensor logits, RegionImplementation implementation)
    {
        using var forced = RegionPrimitive.Force(implementation);
        using var scope = NewDisposeScope();
        var leaf = logits.detach().clone().requires_grad_(true);
        var statistics = FusedScenes.Statistics(scene.Mode);
        using var regions = RegionStatistics.Compute(leaf, scene.TargetTensor(), scene.Mode, Scene.Ignore, statistics);
        var sum = FusedScenes.Weighted(regions, statistics);
        sum.backward();
        return (sum.item<double>(), Evaluation.Numbers(leaf.grad!));
    }
}
