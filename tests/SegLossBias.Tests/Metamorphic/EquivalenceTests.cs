using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Metamorphic;

/// <summary>Losses that are the same loss under two names: libtorch's, a special case, another mode.</summary>
public class EquivalenceTests
{
    private const SegmentationMode Multiclass = SegmentationMode.Multiclass;
    private const SegmentationMode Binary = SegmentationMode.Binary;
    private const long Ignore = Scene.Ignore;

    public static TheoryData<string> ChannelNames => LossTable.NamesWhere(row => !row.DiffersInBinaryMode);

    /// <summary>Those that read p of both regions alike, and p of two classes.</summary>
    public static TheoryData<string> TwoClassNames => LossTable.NamesWhere(row => row is { IsOneVsRest: false, IsOfTheForeground: false });

    [Theory]
    [InlineData(Reduction.Mean, false)]
    [InlineData(Reduction.Mean, true)]
    [InlineData(Reduction.Sum, false)]
    [InlineData(Reduction.Sum, true)]
    public void CrossEntropy_IsThatOfLibtorch(Reduction reduction, bool isWeighted) =>
        Scenes.Any(Multiclass, withIgnored: true).Where(scene => scene.Labels.Any(label => label != Ignore)).Sample(scene =>
        {
            using var scope = NewDisposeScope();
            var weight = isWeighted ? linspace(0.5, 2, scene.Classes, ScalarType.Float64) : null;
            using var loss = new SegmentationLoss(new CrossEntropy { Weight = weight }) { IgnoreIndex = Ignore, Reduction = reduction };
            CheckSame(scene, loss, logits => nn.functional.cross_entropy(logits, scene.TargetTensor(), weight, Ignore, reduction));
        });

    [Theory]
    [InlineData(Reduction.Mean)]
    [InlineData(Reduction.Sum)]
    public void BinaryCrossEntropy_IsThatOfLibtorch(Reduction reduction)
    {
        foreach (var mode in (SegmentationMode[])[Binary, SegmentationMode.Multilabel])
        {
            using var loss = new SegmentationLoss(new CrossEntropy()) { Mode = mode, Reduction = reduction };
            Scenes.Any(mode).Sample(
                scene => CheckSame(scene, loss, logits => nn.functional.binary_cross_entropy_with_logits(
                    logits, scene.TargetTensor(ScalarType.Float64).reshape(scene.Shape), reduction: reduction)),
                iter: 50);
        }
    }

    /// <summary>Weights of background and foreground: libtorch's weight of an entry, over the sum of those weights.</summary>
    [Fact]
    public void WeightedBinaryCrossEntropy_IsThatOfLibtorch()
    {
        using var loss = new SegmentationLoss(new CrossEntropy { Weight = [0.5, 3] }) { Mode = Binary };
        Scenes.Any(Binary).Sample(scene => CheckSame(scene, loss, logits =>
        {
            var truth = scene.TargetTensor(ScalarType.Float64).reshape(scene.Shape);
            var weight = 0.5 + (2.5 * truth);
            return nn.functional.binary_cross_entropy_with_logits(logits, truth, weight, Reduction.Sum) / weight.sum();
        }));
    }

    [Theory]
    [MemberData(nameof(TwoClassNames))]
    public void TwoClassesWithLogits0AndZ_AreBinaryWithZ(string name)
    {
        using var two = LossTable.Create(name, Multiclass, Ignore);
        using var one = LossTable.Create(name, Binary, Ignore);
        using var factor = LossTable.Get(name).OfTwoClasses.ToScalar();
        Scenes.Any(Binary, withIgnored: true).Sample(scene => CheckSame(scene.WithoutTies(), one, logits => two.call(cat([logits.zeros_like(), logits], 1), scene.TargetTensor()).div(factor)), iter: 40);
    }

    /// <summary>Binary Dice, log-Dice and Dice bias look at the foreground: they are the two-class ones of class 1.</summary>
    [Fact]
    public void BinaryDice_IsTwoClassDiceOfTheForeground()
    {
        using var one = new SegmentationLoss(new Dice()) { Mode = Binary, IgnoreIndex = Ignore };
        using var two = new SegmentationLoss(new Dice { Classes = ClassSelection.WithoutBackground }) { IgnoreIndex = Ignore };
        using var logOne = new SegmentationLoss(new LogDice()) { Mode = Binary, IgnoreIndex = Ignore };
        using var logTwo = new SegmentationLoss(new LogDice { Classes = ClassSelection.Of(1) }) { IgnoreIndex = Ignore };
        Scenes.Any(Binary, withIgnored: true).Sample(scene =>
        {
            CheckSame(scene, one, logits => two.call(cat([logits.zeros_like(), logits], 1), scene.TargetTensor()));
            CheckSame(scene, logOne, logits => logTwo.call(cat([logits.zeros_like(), logits], 1), scene.TargetTensor()));
        });
    }

    /// <summary>One formula: Tversky with α = β = ½ and half the smoothing is Dice, with α = β = 1 it is Jaccard, D / (2 − D).</summary>
    [Theory]
    [InlineData(0, Pooling.Batch)]
    [InlineData(0, Pooling.Image)]
    [InlineData(0.5, Pooling.Image)]
    public void Tversky_IsDiceAndJaccard(double smoothing, Pooling pooling)
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            using var dice = new SegmentationLoss(new Dice { Smoothing = 2 * smoothing, Pooling = pooling }) { Mode = mode, IgnoreIndex = Ignore };
            using var tversky = new SegmentationLoss(new Tversky { Smoothing = smoothing, Pooling = pooling }) { Mode = mode, IgnoreIndex = Ignore };
            Scenes.Any(mode, withIgnored: true).Sample(scene => CheckSame(scene, dice, logits => tversky.call(logits, scene.TargetTensor())), iter: 20);
        }

        using var one = new SegmentationLoss(new Dice { Classes = ClassSelection.Of(1) });
        using var jaccard = new SegmentationLoss(new Tversky { Alpha = 1, Beta = 1, Classes = ClassSelection.Of(1) });
        Propositions.FullScenes.Any(Multiclass, withIgnored: false).Sample(
            scene => CheckSame(scene, jaccard, logits => FromDice(1 - one.call(logits, scene.TargetTensor()))), iter: 20);
    }

    /// <summary>The focal exponent is that power of the plain loss, and 1 leaves it as it is.</summary>
    [Fact]
    public void FocalTversky_IsAPowerOfTversky()
    {
        var classes = ClassSelection.Of(0);
        using var plain = new SegmentationLoss(new Tversky { Alpha = 0.3, Beta = 0.7, Classes = classes, Absent = AbsentClass.Keep }) { IgnoreIndex = Ignore };
        foreach (var exponent in (double[])[0.75, 1, 2])
        {
            using var focal = new SegmentationLoss(new Tversky { Alpha = 0.3, Beta = 0.7, Exponent = exponent, Classes = classes, Absent = AbsentClass.Keep }) { IgnoreIndex = Ignore };
            Propositions.FullScenes.Any(Multiclass, withIgnored: true).Sample(scene => CheckSame(scene, focal, logits => plain.call(logits, scene.TargetTensor()).pow(exponent)), iter: 20);
        }
    }

    /// <summary>All pixels are the hardest: cross-entropy.</summary>
    [Fact]
    public void TopKOfAll_IsCrossEntropy()
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            using var topK = new SegmentationLoss(new TopKCrossEntropy { Ratio = 1 }) { Mode = mode, IgnoreIndex = Ignore };
            using var crossEntropy = new SegmentationLoss(new CrossEntropy()) { Mode = mode, IgnoreIndex = Ignore };
            Scenes.Any(mode, withIgnored: true).Sample(scene => CheckSame(scene, topK, logits => crossEntropy.call(logits, scene.TargetTensor())), iter: 20);
        }
    }

    [Theory]
    [MemberData(nameof(ChannelNames))]
    public void OneMultilabelChannel_IsBinary(string name)
    {
        using var multilabel = LossTable.Create(name, SegmentationMode.Multilabel, Ignore);
        using var binary = LossTable.Create(name, Binary, Ignore);
        Scenes.Any(Binary, withIgnored: true).Sample(
            scene => CheckSame(scene, binary, logits => multilabel.call(logits, scene.TargetTensor().reshape(scene.Shape))), iter: 10);
    }

    [Fact]
    public void FocalWithGamma0_IsCrossEntropy()
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            using var focal = new SegmentationLoss(new Focal { Gamma = 0, Form = FocalForm.Softmax }) { Mode = mode, IgnoreIndex = Ignore };
            using var crossEntropy = new SegmentationLoss(new CrossEntropy()) { Mode = mode, IgnoreIndex = Ignore };
            Scenes.Any(mode, withIgnored: true).Sample(scene => CheckSame(scene, focal, logits => crossEntropy.call(logits, scene.TargetTensor())), iter: 40);
        }
    }

    /// <summary>One class against the rest: the focal loss of K multilabel channels from the one-hot target, summed instead of averaged.</summary>
    [Fact]
    public void OneVsRestFocal_IsMultilabelFocalTimesK()
    {
        using var oneVsRest = new SegmentationLoss(new Focal());
        using var multilabel = new SegmentationLoss(new Focal()) { Mode = SegmentationMode.Multilabel };
        Scenes.Any(Multiclass).Sample(scene => CheckSame(scene, oneVsRest, logits =>
            multilabel.call(logits, nn.functional.one_hot(scene.TargetTensor(), scene.Classes).movedim([-1], [1])) * scene.Classes));
    }

    [Fact]
    public void UniformWeights_AreNone()
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            Scenes.Any(mode, withIgnored: true).Sample(
                scene =>
                {
                    var classes = mode == Binary ? 2 : scene.Classes;
                    using var threes = full([classes], 3.0, ScalarType.Float64);
                    using var ones = torch.ones(classes);
                    using var weighted = new SegmentationLoss(new CrossEntropy { Weight = threes }) { Mode = mode, IgnoreIndex = Ignore };
                    using var plain = new SegmentationLoss(new CrossEntropy()) { Mode = mode, IgnoreIndex = Ignore };
                    CheckSame(scene, weighted, logits => plain.call(logits, scene.TargetTensor()));

                    using var weightedFocal = new SegmentationLoss(new Focal { Weight = ones }) { Mode = mode, IgnoreIndex = Ignore };
                    using var plainFocal = new SegmentationLoss(new Focal()) { Mode = mode, IgnoreIndex = Ignore };
                    CheckSame(scene, weightedFocal, logits => plainFocal.call(logits, scene.TargetTensor()));
                },
                iter: 20);
        }
    }

    /// <summary>WCE is CE with the weights 1/T_k of the batch.</summary>
    [Fact]
    public void InverseFrequency_IsCrossEntropyWithThoseWeights()
    {
        using var wce = LossTable.Create("WCE", Multiclass, Ignore);
        Scenes.Any(Multiclass, withIgnored: true).Sample(
            scene =>
            {
                using var weight = tensor(Enumerable.Range(0, (int)scene.Classes).Select(k => 1.0 / Math.Max(1, scene.Labels.Count(label => label == k))).ToArray());
                using var loss = new SegmentationLoss(new CrossEntropy { Weight = weight }) { IgnoreIndex = Ignore };
                CheckSame(scene, wce, logits => loss.call(logits, scene.TargetTensor()));
            },
            iter: 50);
    }

    /// <summary>The smoothing of the focal loss is continuous: as it goes to 0, so does the difference.</summary>
    [Fact]
    public void VanishingFocalSmoothing_IsNone()
    {
        using var plain = new SegmentationLoss(new Focal { Gamma = 2, Form = FocalForm.Softmax, Smoothing = 0 }) { IgnoreIndex = Ignore };
        using var smoothed = new SegmentationLoss(new Focal { Gamma = 2, Form = FocalForm.Softmax, Smoothing = 1e-12 }) { IgnoreIndex = Ignore };
        Scenes.Any(Multiclass, withIgnored: true).Sample(scene => CheckSame(scene, smoothed, logits => plain.call(logits, scene.TargetTensor()), 1e-8));
    }

    [Theory]
    [InlineData(Pooling.Batch)]
    [InlineData(Pooling.Image)]
    public void PoliciesForAbsentClasses_AgreeWhereNoneIsAbsent(Pooling pooling)
    {
        using var zero = new SegmentationLoss(new Dice { Pooling = pooling, Absent = AbsentClass.CountZero });
        using var leaveOut = new SegmentationLoss(new Dice { Pooling = pooling, Absent = AbsentClass.LeaveOut });
        using var keep = new SegmentationLoss(new Dice { Pooling = pooling, Absent = AbsentClass.Keep });
        Propositions.FullScenes.Any(Multiclass, withIgnored: false).Sample(scene =>
        {
            CheckSame(scene, zero, logits => leaveOut.call(logits, scene.TargetTensor()));
            CheckSame(scene, zero, logits => keep.call(logits, scene.TargetTensor()));
        });
    }

    private static Tensor FromDice(Tensor score) => 1 - (score / (2 - score));

    private static void CheckSame(Scene scene, SegmentationLoss loss, Func<Tensor, Tensor> other, double tolerance = Tolerance.Identity)
    {
        using var scope = NewDisposeScope();
        var leaf = scene.LogitsTensor().requires_grad_(true);
        var expected = other(leaf);
        expected.backward();
        var (value, gradient) = scene.Evaluate(loss);
        value.ShouldBeClose(expected.item<double>(), tolerance, loss.Name);
        gradient.Zip(Evaluation.Numbers(leaf.grad!)).Should().AllSatisfy(pair => pair.First.ShouldBeClose(pair.Second, tolerance, loss.Name));
    }
}
