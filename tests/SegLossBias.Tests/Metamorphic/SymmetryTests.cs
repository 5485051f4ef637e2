using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Metamorphic;

/// <summary>What may be renamed, reordered or shifted without changing a loss.</summary>
public class SymmetryTests
{
    private const SegmentationMode Multiclass = SegmentationMode.Multiclass;

    public static TheoryData<string> Names => LossTable.NamesWhere(row => !row.TellsClassesApart);

    public static TheoryData<string, SegmentationMode> NamesAndModes => LossTable.NamesAndModes;

    /// <summary>All but the one-vs-rest focal loss and its compounds, which see each channel on its own.</summary>
    public static TheoryData<string> SoftmaxNames => LossTable.NamesWhere(row => !row.IsOneVsRest);

    public static TheoryData<string> TwoSidedNames => LossTable.NamesWhere(row => row is { IsOfTheForeground: false, TellsClassesApart: false });

    [Theory]
    [MemberData(nameof(Names))]
    public void PermutingClasses_PermutesTheGradientAlone(string name)
    {
        using var loss = LossTable.Create(name, Multiclass, Scene.Ignore);
        (from scene in Scenes.Any(Multiclass, withIgnored: true)
         from order in Gen.Shuffle(Enumerable.Range(0, (int)scene.Classes).ToArray())
         select (scene, order)).Sample(
            draw =>
            {
                var scene = draw.scene.WithoutTies();
                var (value, gradient) = scene.Evaluate(loss);
                var (same, permuted) = scene.WithClassesPermuted(draw.order).Evaluate(loss);
                same.ShouldMatch(value, name);
                permuted.ShouldMatch(scene.PermuteChannels(gradient, draw.order), name);
            },
            iter: 12);
    }

    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void OrderOfImages_ReordersTheGradientAlone(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        Scenes.Any(mode, withIgnored: true).Sample(
            scene =>
            {
                scene = scene.WithoutTies();
                var (value, gradient) = scene.Evaluate(loss);
                var (same, reversed) = scene.WithImagesReversed().Evaluate(loss);
                same.ShouldMatch(value, name);
                reversed.ShouldMatch(SceneVariants.ReverseImages(gradient, scene.Images), name);
            },
            iter: 8);
    }

    /// <summary>Where the pixels lie does not matter: transposing image and mask transposes the gradient.</summary>
    [Theory]
    [MemberData(nameof(NamesAndModes))]
    public void ArrangementOfPixels_RearrangesTheGradientAlone(string name, SegmentationMode mode)
    {
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Usual(mode, seed: 2, ignored: 0.2);
        using var scope = NewDisposeScope();
        var (value, gradient) = scene.Evaluate(loss);
        var (same, transposed) = Evaluation.Scalar(loss, scene.LogitsTensor().transpose(-1, -2), scene.TargetTensor().transpose(-1, -2));
        same.ShouldMatch(value, name);
        transposed.ShouldMatch(Evaluation.Numbers(tensor(gradient, scene.Shape).transpose(-1, -2)), name);
    }

    /// <summary>Softmax sees differences alone: adding a number to all channels of a pixel changes nothing, and the gradient of a pixel adds up to 0.</summary>
    [Theory]
    [MemberData(nameof(SoftmaxNames))]
    public void ShiftingAllChannelsOfAPixel_ChangesNothing(string name)
    {
        using var loss = LossTable.Create(name, Multiclass, Scene.Ignore);
        Scenes.Any(Multiclass, withIgnored: true).Sample(
            scene =>
            {
                var (value, gradient) = scene.Evaluate(loss);
                var shifted = scene with { Logits = [.. scene.Logits.Select((z, index) => z + Math.Sin(scene.Position(index).Pixel))] };
                shifted.Evaluate(loss).Value.ShouldMatch(value, name);
                using var scope = NewDisposeScope();
                var sums = Evaluation.Numbers(tensor(gradient, scene.Shape).sum(1L));
                sums.ShouldMatch(new double[sums.Length], name);
            },
            iter: 12);
    }

    /// <summary>Foreground and background exchanged, z → −z: the losses of both regions do not tell them apart.</summary>
    [Theory]
    [MemberData(nameof(TwoSidedNames))]
    public void ExchangingForegroundAndBackground_NegatesTheGradientAlone(string name)
    {
        using var loss = LossTable.Create(name, SegmentationMode.Binary, Scene.Ignore);
        Scenes.Any(SegmentationMode.Binary, withIgnored: true).Sample(
            scene =>
            {
                scene = scene.WithoutTies();
                var exchanged = scene with
                {
                    Logits = [.. scene.Logits.Select(z => -z)],
                    Labels = [.. scene.Labels.Select(label => label == Scene.Ignore ? label : 1 - label)],
                };
                var (value, gradient) = scene.Evaluate(loss);
                var (same, negated) = exchanged.Evaluate(loss);
                same.ShouldMatch(value, name);
                negated.ShouldMatch([.. gradient.Select(slope => -slope)], name);
            },
            iter: 20);
    }

    /// <summary>The temperature multiplies the logits: τ on z is 1 on τ·z, and the gradient carries the factor τ.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(10)]
    public void Temperature_MultipliesTheLogits(double temperature)
    {
        foreach (var mode in Enum.GetValues<SegmentationMode>())
        {
            (SegmentationLoss Hot, SegmentationLoss Plain)[] pairs =
            [
                (new SegmentationLoss(new RegionSizeL1 { Temperature = temperature }) { Mode = mode }, new SegmentationLoss(new RegionSizeL1 { Temperature = 1 }) { Mode = mode }),
                (new SegmentationLoss(new RegionSizeKl { Temperature = temperature }) { Mode = mode }, new SegmentationLoss(new RegionSizeKl { Temperature = 1 }) { Mode = mode }),
                (new SegmentationLoss(new DiceBias { Temperature = temperature }) { Mode = mode }, new SegmentationLoss(new DiceBias { Temperature = 1 }) { Mode = mode }),
            ];
            Scenes.Any(mode).Sample(
                scene =>
                {
                    foreach (var (hot, plain) in pairs)
                    {
                        var (value, gradient) = scene.Evaluate(hot);
                        var (same, slope) = (scene with { Logits = [.. scene.Logits.Select(z => temperature * z)] }).Evaluate(plain);
                        value.ShouldMatch(same, hot.Name);
                        gradient.ShouldMatch([.. slope.Select(g => temperature * g)], hot.Name);
                    }
                },
                iter: 10);
        }
    }
}
