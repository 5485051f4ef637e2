using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Losses;

/// <summary>A batch in parts has the value of the whole, and a network learns from it what it learns from the whole.</summary>
public class AccumulatedLossTests
{
    private static readonly RegionImplementation[] Implementations = Enum.GetValues<RegionImplementation>();

    public static TheoryData<string, SegmentationMode> Cases
    {
        get
        {
            var data = new TheoryData<string, SegmentationMode>();
            foreach (var row in LossTable.All.Where(row => !row.IsOfPixels))
            {
                foreach (var mode in Enum.GetValues<SegmentationMode>())
                {
                    data.Add(row.Name, mode);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parts_AreTheWhole(string name, SegmentationMode mode)
    {
        var row = LossTable.Get(name);
        foreach (var kind in RichScenes.For(row, mode).Concat(row.Reads == Reads.Instances ? [] : ["hard"]))
        {
            foreach (var implementation in Implementations)
            {
                using var forced = RegionPrimitive.Force(implementation);
                using var loss = row.Create(mode, Scene.Ignore);
                using var scene = new PartScene(SceneOf(mode, kind));
                var (value, gradient) = Whole(loss, scene);
                foreach (var (parts, how) in new[] { (scene.MicroBatches(1, 2, 1), "micro-batches"), (scene.Tiles(), "tiles") })
                {
                    using var accumulated = new AccumulatedLoss(loss);
                    Run(accumulated, parts).ShouldBeClose(value, Tolerance.Of(ScalarType.Float64), $"{kind}, {implementation}, {how}");
                    scene.Gradient().ShouldBeClose(gradient, Tolerance.Of(ScalarType.Float64), $"{kind}, {implementation}, {how}");
                    accumulated.PassDifference.Should().BeLessThan(Tolerance.Identity);
                }
            }
        }
    }

    [Theory]
    [InlineData(Reduction.Sum)]
    [InlineData(Reduction.Mean)]
    public void Schedules_AreReadAtTheEpoch_AndTermsAreThoseOfTheWhole(Reduction reduction)
    {
        using var loss = new RceL1Loss
        {
            Lambda = Schedule.Linear(0, 1, 4), Penalty = new() { Temperature = Schedule.Linear(1, 5, 4) }, Reduction = reduction, IgnoreIndex = Scene.Ignore, Epoch = 3,
        };
        using var scene = new PartScene(SceneOf(SegmentationMode.Multiclass, "hard"));
        var (value, gradient) = Whole(loss, scene);
        using var expected = loss.Breakdown(scene.Logits, scene.Target);
        using var accumulated = new AccumulatedLoss(loss, scene.Images);
        First(accumulated, scene.Tiles());
        using var terms = accumulated.Complete();
        Second(accumulated, scene.Tiles());

        scene.Gradient().ShouldBeClose(gradient, Tolerance.Of(ScalarType.Float64));
        terms.ToString().Should().Be(expected.ToString());
        terms.Total.item<double>().ShouldMatch(value);
        terms.Parts.Select(part => part.Lambda).Should().Equal(1, 0.75);
        terms.Parts.Select(part => part.Formula).Should().Equal(expected.Parts.Select(part => part.Formula));
        for (var part = 0; part < 2; part++)
        {
            terms.Parts[part].Raw.item<double>().ShouldMatch(expected.Parts[part].Raw.item<double>());
            terms.Parts[part].Weighted.item<double>().ShouldMatch(expected.Parts[part].Weighted.item<double>());
        }
    }

    /// <summary>Two machines with a tile of each image: what each adds is what the other lacks.</summary>
    [Fact]
    public void Machines_AddUpToTheWhole()
    {
        using var loss = LossTable.Create("DiceCE", SegmentationMode.Multiclass, Scene.Ignore);
        using var scene = new PartScene(SceneOf(SegmentationMode.Multiclass, "hard"));
        var (value, gradient) = Whole(loss, scene);
        PartScene.Part[][] machines = [[.. scene.Tiles().Take(1)], [.. scene.Tiles().Skip(1)]];
        var numbers = machines.Select(parts =>
        {
            using var accumulated = new AccumulatedLoss(loss, scene.Images);
            First(accumulated, parts);
            double[] own = [];
            accumulated.AllReduce(sums => own = sums.ToArray());
            return own;
        }).ToArray();
        numbers[0].Should().HaveCount((int)scene.Images * 4 * 6, "images, NLL, P, I and T, foregrounds and backgrounds");
        foreach (var parts in machines)
        {
            using var accumulated = new AccumulatedLoss(loss, scene.Images);
            First(accumulated, parts);
            accumulated.AllReduce(sums =>
            {
                for (var i = 0; i < sums.Length; i++)
                {
                    sums[i] = numbers[0][i] + numbers[1][i];
                }
            });
            using var terms = accumulated.Complete();
            terms.Total.item<double>().ShouldMatch(value);
            Second(accumulated, parts);
            accumulated.PassDifference.Should().BeLessThan(Tolerance.Identity, "it looks at this machine alone");
        }

        scene.Gradient().ShouldBeClose(gradient, Tolerance.Of(ScalarType.Float64), "gradients of machines add up");
    }

    /// <summary>A machine without an image adds zeros, so that the others need not wait, and has the value of the whole.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void AMachineWithoutParts_TakesPart(SegmentationMode mode)
    {
        using var loss = new SegmentationLoss(new CrossEntropy() + new Dice() + new Boundary()) { Mode = mode, IgnoreIndex = Scene.Ignore };
        using var scene = new PartScene(SceneOf(mode, "weights"));
        var (value, _) = Whole(loss, scene);
        using var full = new AccumulatedLoss(loss, scene.Images);
        using var empty = new AccumulatedLoss(loss, scene.Images);
        First(full, scene.Tiles());
        empty.AddEmpty((int)scene.Logits.shape[1]);
        double[] numbers = [];
        full.AllReduce(sums => numbers = sums.ToArray());
        empty.AllReduce(sums =>
        {
            sums.ToArray().Should().HaveCount(numbers.Length).And.OnlyContain(number => number == 0);
            numbers.CopyTo(sums);
        });
        using var terms = empty.Complete();
        terms.Total.item<double>().ShouldMatch(value);
        empty.PartsLeft.Should().Be(0);
        empty.PassDifference.Should().Be(0);
        empty.Invoking(e => e.AddEmpty(3)).Should().Throw<InvalidOperationException>().WithMessage("*first pass is over*");
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void NarrowLogits_HaveTheGradientOfTheWhole(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);
        var scene = SceneOf(SegmentationMode.Multiclass, "hard");
        var (value, gradient) = Evaluation.Scalar(loss, scene.LogitsTensor(dtype), scene.TargetTensor());
        using var accumulated = new AccumulatedLoss(loss);
        var leaf = scene.LogitsTensor(dtype).requires_grad_(true);
        var target = scene.TargetTensor();
        accumulated.Add(leaf.narrow(0, 0, 2), target.narrow(0, 0, 2));
        accumulated.Add(leaf.narrow(0, 2, 2), target.narrow(0, 2, 2));
        using var terms = accumulated.Complete();
        accumulated.Share(leaf.narrow(0, 0, 2), target.narrow(0, 0, 2)).backward();
        accumulated.Share(leaf.narrow(0, 2, 2), target.narrow(0, 2, 2)).backward();

        terms.Total.dtype.Should().Be(ScalarType.Float32);
        ((double)terms.Total.item<float>()).ShouldBeClose(value, Tolerance.Float32Value);
        leaf.grad!.dtype.Should().Be(dtype);
        Evaluation.Numbers(leaf.grad!).ShouldBeCloseToLargest(gradient, Tolerance.StoredGradient(dtype));
    }

    /// <summary>A network that draws anew in the second pass is found out.</summary>
    [Fact]
    public void ChangedLogits_AreTold()
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);
        using var accumulated = new AccumulatedLoss(loss);
        var scene = SceneOf(SegmentationMode.Multiclass, "hard");
        var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
        accumulated.Add(logits, target);
        using var terms = accumulated.Complete();
        _ = accumulated.Share(nn.functional.dropout(logits, 0.5, training: true), target);
        accumulated.PassDifference.Should().BeGreaterThan(0.01);
    }

    [Fact]
    public void NoValidPixel_CountsZeroWithZeroGradient()
    {
        using var scope = NewDisposeScope();
        foreach (var name in new[] { "RCE(KL)", "LogDiceCE", "DBCE" })
        {
            using var loss = LossTable.Create(name, ignoreIndex: Scene.Ignore);
            using var accumulated = new AccumulatedLoss(loss);
            var logits = randn([2, 3, 4], ScalarType.Float64, device: CPU).requires_grad_(true);
            var target = full([2, 4], Scene.Ignore, ScalarType.Int64, CPU);
            accumulated.Add(logits, target);
            using var terms = accumulated.Complete();
            terms.Total.item<double>().Should().Be(0, name);
            accumulated.Share(logits, target).backward();
            Evaluation.Numbers(logits.grad!).Should().OnlyContain(number => number == 0, name);
        }
    }

    /// <summary>What lives between two parts is the same after 2 parts as after 40: sums alone, and no graph.</summary>
    [Fact]
    public void Handles_DoNotGrowWithTheParts()
    {
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);
        var (few, many) = (Most(2), Most(40));
        many.Should().Be(few);

        long Most(int count)
        {
            var scene = SceneOf(SegmentationMode.Multiclass, "hard");
            var most = 0L;
            LiveHandles.LeftBy(() =>
            {
                using var scope = NewDisposeScope();
                var (leaf, target) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
                var before = LiveHandles.Count;
                using var accumulated = new AccumulatedLoss(loss);
                for (var part = 0; part < count; part++)
                {
                    accumulated.Add(leaf, target, [0, 1, 2, 3]);
                    Track();
                }

                accumulated.Complete().Dispose();
                for (var part = 0; part < count; part++)
                {
                    using var share = accumulated.Share(leaf, target, [0, 1, 2, 3]);
                    share.backward();
                    Track();
                }

                void Track() => most = Math.Max(most, LiveHandles.Count - before);
            }).Should().Be(0, "nothing is left behind");
            return most;
        }
    }

    private static (double Value, double[] Gradient) Whole(SegmentationLoss loss, PartScene scene)
    {
        using var value = loss.call(scene.Logits, scene.Target);
        value.backward();
        return (value.item<double>(), scene.Gradient());
    }

    private static double Run(AccumulatedLoss accumulated, IEnumerable<PartScene.Part> parts)
    {
        First(accumulated, parts);
        using var terms = accumulated.Complete();
        Second(accumulated, parts);
        return terms.Total.item<double>();
    }

    private static void First(AccumulatedLoss accumulated, IEnumerable<PartScene.Part> parts)
    {
        using var withoutGradient = no_grad();
        foreach (var part in parts)
        {
            accumulated.Add(part.Logits(), part.Target, part.Images);
        }
    }

    private static void Second(AccumulatedLoss accumulated, IEnumerable<PartScene.Part> parts)
    {
        foreach (var part in parts)
        {
            using var share = accumulated.Share(part.Logits(), part.Target, part.Images);
            share.backward();
        }
    }

    private static Scene SceneOf(SegmentationMode mode, string kind) =>
        RichScenes.Make(Scenes.Fixed(mode, [4, mode == SegmentationMode.Binary ? 1 : 3, 3, 5], seed: 8, ignored: 0.2), kind);
}
