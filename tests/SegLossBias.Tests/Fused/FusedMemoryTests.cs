using System.Diagnostics;
using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;
using Xunit.Abstractions;

namespace SegLossBias.Tests.Fused;

/// <summary>
/// 20,000 steps leave no handle and no memory, native or managed: inside and outside a scope, with and without
/// backward, on threads that come and go, through errors. Each step makes some 50 KB, so that one tensor in a thousand would show.
/// </summary>
[Collection(nameof(Alone))]
public class FusedMemoryTests(ITestOutputHelper output)
{
    private const long Allowed = 16L << 20;

    [Theory]
    [InlineData("outside a scope, backward", 20_000)]
    [InlineData("outside a scope, no backward", 20_000)]
    [InlineData("inside a scope, backward", 20_000)]
    [InlineData("inside a scope, no backward", 20_000)]
    [InlineData("statistics, backward", 20_000)]
    [InlineData("wrong label", 20_000)]
    [InlineData("threads, backward", 20_000)]
    [InlineData("backward refused", 300)] // An exception of libtorch takes 8 ms.
    public void ManySteps_LeaveNothing(string way, int steps)
    {
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);

        // A node that is left behind holds its logits. Few steps need larger ones, 0.4 MB, for that to show.
        var scene = Scenes.Fixed(SegmentationMode.Multiclass, way == "backward refused" ? [2, 3, 128, 128] : [2, 3, 32, 64], ignored: 0.1);
        using var data = tensor(scene.Logits, scene.Shape);
        using var logits = data.to(ScalarType.Float32).requires_grad_(true);
        using var target = tensor(scene.Labels, scene.LabelShape);
        using var wrong = target.masked_fill(target.eq(0), 99);
        Repeat(steps / 10);
        var handles = LiveHandles.Count;
        var memory = Memory();
        var watch = Stopwatch.StartNew();
        Repeat(steps);
        output.WriteLine($"{way}: {watch.Elapsed.TotalSeconds:F1} s, memory {(Memory() - memory) / 1e6:F1} MB more");
        (LiveHandles.Count - handles).Should().Be(0);
        (Memory() - memory).Should().BeLessThan(Allowed);

        void Repeat(int count)
        {
            for (var step = 0; step < count; step++)
            {
                switch (way)
                {
                    case "outside a scope, backward":
                        Step(logits, target, isBackward: true);
                        break;
                    case "outside a scope, no backward":
                        Step(logits, target, isBackward: false);
                        break;
                    case "inside a scope, backward":
                        using (NewDisposeScope())
                        {
                            loss.call(logits, target).backward();
                        }

                        break;
                    case "inside a scope, no backward":
                        using (NewDisposeScope())
                        {
                            _ = loss.call(logits, target);
                        }

                        break;
                    case "statistics, backward":
                        using (NewDisposeScope())
                        {
                            using var regions = RegionStatistics.Compute(logits, target, SegmentationMode.Multiclass, Scene.Ignore, [RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10)]);
                            (regions.NegativeLogLikelihood.sum() + regions.PredictedSize(10).sum()).backward();
                        }

                        break;
                    case "threads, backward":
                        if (step % 1000 == 0)
                        {
                            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() => LiveHandles.LeftBy(() =>
                            {
                                for (var own = 0; own < 250; own++)
                                {
                                    Step(logits, target, isBackward: true);
                                }
                            }).Should().Be(0))).ToList();
                            threads.ForEach(thread => thread.Start());
                            threads.ForEach(thread => thread.Join());
                        }

                        break;
                    case "wrong label":
                        try
                        {
                            Step(logits, wrong, isBackward: true);
                        }
                        catch (ArgumentException)
                        {
                        }

                        break;
                    default:
                        using (NewDisposeScope())
                        {
                            var inner = logits * 1;
                            var value = loss.call(inner, target);
                            _ = inner.detach().add_(1);
                            try
                            {
                                value.backward();
                            }
                            catch (System.Runtime.InteropServices.ExternalException)
                            {
                            }
                        }

                        break;
                }
            }
        }

        void Step(Tensor z, Tensor labels, bool isBackward)
        {
            using var value = loss.call(z, labels);
            if (isBackward)
            {
                value.backward();
            }
        }
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
