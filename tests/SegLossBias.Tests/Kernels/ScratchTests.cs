using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>A walk stays within the scratch memory that its plan asks for: the page behind it may not be touched.</summary>
public class ScratchTests
{
    [Theory]
    [InlineData(SegmentationMode.Multiclass, 2)]
    [InlineData(SegmentationMode.Multiclass, 3)]
    [InlineData(SegmentationMode.Multiclass, 17)]
    [InlineData(SegmentationMode.Multiclass, 200)]
    [InlineData(SegmentationMode.Binary, 1)]
    [InlineData(SegmentationMode.Multilabel, 33)]
    public void Walk_StaysWithinItsScratch(SegmentationMode mode, int classes)
    {
        foreach (var request in GeneralScenes.RequestsOf(mode, classes))
        {
            foreach (var pixels in (int[])[1, 63, 64, 65, 400])
            {
                var scene = Basic(KernelScenes.Make(mode, 1, classes, pixels, firstPattern: 1));
                using var single = new KernelInput(scene, KernelScenes.Ignore, request);
                Walk<LanesScalar<float>, float>(single);
                Walk<Lanes128<float>, float>(single);
                Walk<Lanes256<float>, float>(single);
                Walk<Lanes512<float>, float>(single);
            }

            foreach (var labels in (GeneralScenes.Labels[])[GeneralScenes.Labels.Hard, GeneralScenes.Labels.Simplex])
            {
                var scene = GeneralScenes.With(KernelScenes.Make(mode, 1, classes, 300, firstPattern: 1), labels, GeneralScenes.Weighting.Random, hasInstances: true);
                using var general = new KernelInput(scene, KernelScenes.Ignore, request);
                Walk<Lanes128<float>, float>(general);
                Walk<Lanes512<float>, float>(general);
            }

            using var wide = new KernelInput(Basic(KernelScenes.Make(mode, 1, classes, 130)), KernelScenes.Ignore, request, ScalarType.Float64);
            Walk<Lanes128<double>, double>(wide);
            Walk<Lanes512<double>, double>(wide);
        }
    }

    /// <summary>With no more than a map, which some requests read.</summary>
    private static Scene Basic(Scene scene) => GeneralScenes.With(scene, GeneralScenes.Labels.Hard, GeneralScenes.Weighting.None, hasInstances: false);

    private static unsafe void Walk<TLanes, T>(KernelInput input)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where T : unmanaged
    {
        var plan = TilePlan<TLanes, T>.For(input.Job);
        using var scratch = new GuardedMemory(plan.ScratchBytes);
        using var sums = new GuardedMemory((long)input.Job.Results * sizeof(double));
        using var gradient = new GuardedMemory((long)input.Job.Images * input.Job.Channels * input.Job.Pixels * sizeof(T));
        var view = input.Job.Logits with { Start = gradient.Start };
        sums.Span.Clear();
        for (var chunk = 0; chunk < plan.Chunks; chunk++)
        {
            var walk = new TileWalk<TLanes, T>(input.Job, plan, (byte*)scratch.Start);
            walk.Forward(chunk, (double*)sums.Start).Should().BeTrue();
            new TileWalk<TLanes, T>(input.Job, plan, (byte*)scratch.Start).Backward(chunk, (double*)sums.Start, view);
        }

        scratch.ShouldBeIntact(TLanes.Name);
        sums.ShouldBeIntact(TLanes.Name);
        gradient.ShouldBeIntact(TLanes.Name);
    }
}
