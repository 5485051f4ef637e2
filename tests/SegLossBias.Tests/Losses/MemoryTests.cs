using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>A training loop without any dispose scope does not collect handles.</summary>
public class MemoryTests
{
    [Fact]
    public void LiveHandles_StayFlatOverThousandsOfSteps()
    {
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, [2, 3, 64, 64], ignored: 0.1);
        using var data = tensor(scene.Logits, scene.Shape);
        using var logits = data.to(ScalarType.Float32).requires_grad_(true);
        using var target = tensor(scene.Labels, scene.LabelShape);
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);
        var before = LiveHandles.Count;
        for (var step = 0; step < 3000; step++)
        {
            using var value = loss.call(logits, target);
            value.backward();
        }

        (LiveHandles.Count - before).Should().Be(0);
    }
}
