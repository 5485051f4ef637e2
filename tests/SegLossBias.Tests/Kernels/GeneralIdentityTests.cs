using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>What soft labels and weights have in common with hard labels and no weights.</summary>
[Trait("Runs", "OnEveryInstructionSet")]
public class GeneralIdentityTests
{
    public static TheoryData<SegmentationMode, int> Channels => new()
    {
        { SegmentationMode.Multiclass, 2 },
        { SegmentationMode.Multiclass, 5 },
        { SegmentationMode.Binary, 1 },
        { SegmentationMode.Multilabel, 3 },
    };

    [Theory]
    [MemberData(nameof(Channels))]
    public void LabelsAsFloats_GiveWhatLabelsGive(SegmentationMode mode, int classes) =>
        ShouldBeAlike(mode, classes, scene => GeneralScenes.With(scene, GeneralScenes.Labels.OneHot, GeneralScenes.Weighting.None, hasInstances: false));

    [Theory]
    [MemberData(nameof(Channels))]
    public void WeightsOfOne_GiveWhatNoWeightsGive(SegmentationMode mode, int classes) =>
        ShouldBeAlike(mode, classes, scene => GeneralScenes.With(scene, GeneralScenes.Labels.Hard, GeneralScenes.Weighting.One, hasInstances: false));

    /// <summary>Products with 2 are exact, and so is everything made of them.</summary>
    [Theory]
    [MemberData(nameof(Channels))]
    public void WeightsTwiceAsLarge_DoubleAll(SegmentationMode mode, int classes)
    {
        foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.Simplex])
        {
            var once = GeneralScenes.With(KernelScenes.Make(mode, 2, classes, 150), labels, GeneralScenes.Weighting.Zeros, hasInstances: true);
            var twice = once with { Weights = [.. once.Weights!.Select(weight => 2 * weight)] };
            foreach (var request in GeneralScenes.RequestsOf(mode, classes))
            {
                using var first = new KernelInput(once, KernelScenes.Ignore, request);
                using var second = new KernelInput(twice, KernelScenes.Ignore, request);
                var upstream = first.Upstream(2);
                foreach (var kernel in KernelTable.All(ScalarType.Float32))
                {
                    var because = $"{kernel.Name}, {labels}, [{string.Join(", ", request)}]";
                    second.Forward(kernel, out _).Should().Equal(first.Forward(kernel, out _).Select(value => 2 * value), because);
                    second.Gradient(kernel, upstream).Should().Equal(first.Gradient(kernel, upstream).Select(slope => 2 * slope), because);
                }
            }
        }
    }

    /// <summary>The whole confusion matrix: its rows add up to T, its columns to P, its diagonal is I.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(19)]
    public void ConfusionMatrix_HasSizesAndOverlapAsSums(int classes)
    {
        foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.OneHot, GeneralScenes.Labels.Simplex])
        {
            var scene = GeneralScenes.With(KernelScenes.Make(SegmentationMode.Multiclass, 2, classes, 333), labels, GeneralScenes.Weighting.Zeros, hasInstances: false);
            using var input = new KernelInput(scene, KernelScenes.Ignore, [.. GeneralScenes.Rows(classes), RegionStatistic.PredictedSize(), RegionStatistic.Overlap], ScalarType.Float64);
            foreach (var kernel in KernelTable.All(ScalarType.Float64))
            {
                var results = input.Forward(kernel, out _);
                for (var image = 0; image < 2; image++)
                {
                    double At(int place, int k) => results[(((image * (classes + 3)) + place) * input.Job.RowLength) + k];
                    for (var k = 0; k < classes; k++)
                    {
                        int Place(int trueClass) => classes - 1 - trueClass;
                        Enumerable.Range(0, classes).Sum(column => At(Place(k), column)).ShouldBeClose(At(classes + 2, k), Tolerance.Identity, $"{kernel.Name}, {labels}, row {k}");
                        Enumerable.Range(0, classes).Sum(row => At(Place(row), k)).ShouldBeClose(At(classes, k), Tolerance.Identity, $"{kernel.Name}, {labels}, column {k}");
                        if (labels == GeneralScenes.Labels.Hard)
                        {
                            At(Place(k), k).ShouldBeClose(At(classes + 1, k), Tolerance.Identity, $"{kernel.Name}, overlap {k}");
                        }
                    }
                }
            }
        }
    }

    private static void ShouldBeAlike(SegmentationMode mode, int classes, Func<Scene, Scene> change)
    {
        var scene = KernelScenes.Make(mode, 5, classes, 97);
        foreach (var request in KernelScenes.Requests)
        {
            using var plain = new KernelInput(scene, KernelScenes.Ignore, request);
            using var changed = new KernelInput(change(scene), KernelScenes.Ignore, request);
            (plain.Job.IsBasic, changed.Job.IsBasic).Should().Be((true, false), string.Join(", ", request));
            var upstream = plain.Upstream(2);
            foreach (var kernel in KernelTable.All(ScalarType.Float32))
            {
                var because = $"{kernel.Name}, {mode}, [{string.Join(", ", request)}]";
                changed.Forward(kernel, out _).ShouldAllBeClose(plain.Forward(kernel, out _), Tolerance.Float32Value, because);
                changed.Gradient(kernel, upstream).ShouldBeCloseToLargest(plain.Gradient(kernel, upstream), Tolerance.Float32Gradient, because, floor: 0.1 * Math.Max(1, request.Length));
            }
        }
    }
}
