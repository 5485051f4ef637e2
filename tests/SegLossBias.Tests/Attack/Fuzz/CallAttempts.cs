using System.Diagnostics;
using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>How a loss is called: by several threads at once, with inputs disposed meanwhile, through hooks or past them, twice; and what class weights read.</summary>
internal static class CallAttempts
{
    private static readonly string[] Ways = ["threads", "threads", "disposed meanwhile", "hook that throws", "hook that looks", "hook that replaces", "disposed loss", "second derivative", "past hooks", "class weights"];

    internal static Attempt Make(Draw draw)
    {
        var (way, mode, row) = (draw.One(Ways), draw.One(Enum.GetValues<SegmentationMode>()), draw.One(LossTable.All.Where(row => row.Reads == Reads.Labels).ToArray()));
        var scene = draw.Of(Scenes.Any(mode, withIgnored: true));
        var more = draw.Int(0, 199);
        var expected = way switch { "hook that throws" => Expected.Refusal, "threads" or "hook that looks" or "hook that replaces" or "past hooks" or "class weights" => Expected.Value, _ => Expected.Either };
        return new($"call {way}: {row.Name} {mode} [{string.Join(", ", scene.Shape)}]", expected, () =>
        {
            using var loss = row.Create(mode, Scene.Ignore);
            Action attack = way switch
            {
                "threads" => () => ByThreads(loss, scene),
                "disposed meanwhile" => () => DisposedMeanwhile(loss, scene, more),
                "disposed loss" => () => AfterDispose(row, scene),
                "second derivative" => () => Twice(loss, scene),
                "past hooks" => () => PastHooks(loss, scene),
                "class weights" => () => Weights(scene),
                _ => () => ThroughHook(row.Name, loss, scene, way),
            };
            attack();
        });
    }

    /// <summary>Each thread gets the number that it would get alone.</summary>
    private static void ByThreads(SegmentationLoss loss, Scene scene)
    {
        var (value, gradient) = scene.Evaluate(loss);
        var problems = new System.Collections.Concurrent.ConcurrentQueue<string>();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            try
            {
                var left = LiveHandles.LeftBy(() =>
                {
                    for (var step = 0; step < 3; step++)
                    {
                        var (same, sameGradient) = scene.Evaluate(loss);
                        Library.EnsureClose(same, value, Tolerance.Identity, "the value of one thread");
                        Library.EnsureClose(sameGradient, gradient, Tolerance.Of(ScalarType.Float64), "the gradient of one thread");
                    }
                });
                Library.Ensure(left == 0, $"expected no tensor left on a thread, {left} are left");
            }
            catch (Exception exception)
            {
                problems.Enqueue(exception.Message);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Library.Ensure(problems.IsEmpty, problems.FirstOrDefault() ?? "");
    }

    /// <summary>
    /// The caller frees its tensors while another thread is in the call. What nobody can help is the moment in which the first handle is
    /// taken, some 100 ns at the start; the wait passes it.
    /// </summary>
    private static void DisposedMeanwhile(SegmentationLoss loss, Scene scene, int more)
    {
        var (value, _) = scene.Evaluate(loss);
        var (logits, labels) = (scene.LogitsTensor(), scene.TargetTensor());
        Exception? problem = null;
        using var started = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            try
            {
                started.Set();
                using var same = Library.Held(() => loss.call(logits, labels));
                Library.EnsureClose(Evaluation.Numbers(same)[0], value, Tolerance.Identity, "the value before they were disposed");
            }
            catch (Exception exception)
            {
                problem = exception;
            }
        });
        thread.Start();
        started.Wait();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMicroseconds(300 + more);)
        {
        }

        labels.Dispose();
        logits.Dispose();
        thread.Join();
        scene.Evaluate(loss);
        if (problem is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(problem);
        }
    }

    private static void AfterDispose(LossCase row, Scene scene)
    {
        var loss = row.Create(scene.Mode, Scene.Ignore);
        loss.Dispose();
        var (logits, labels) = (scene.LogitsTensor(), scene.TargetTensor());
        using var value = Library.Call(() => loss.call(logits, labels));
    }

    private static void ThroughHook(string name, SegmentationLoss loss, Scene scene, string way)
    {
        var (logits, labels, calls) = (scene.LogitsTensor(), scene.TargetTensor(), 0);
        if (way == "hook that replaces")
        {
            loss.register_forward_pre_hook((_, _, _) =>
            {
                calls++;
                return (logits, labels);
            });
        }
        else
        {
            loss.register_forward_hook((_, _, _, value) =>
            {
                calls++;
                return way == "hook that throws" ? throw new UserException() : value;
            });
        }

        using var plain = LossTable.Create(name, scene.Mode, Scene.Ignore);
        var given = way == "hook that replaces" ? zeros_like(logits) : logits;
        using var value = Library.Call(() => loss.call(given, labels));
        Library.EnsureClose(Evaluation.Numbers(value)[0], scene.Evaluate(plain).Value, Tolerance.Identity, "the value without a hook");
        Library.Ensure(calls > 0, "expected the hook to be called, it was not");
    }

    private static void PastHooks(SegmentationLoss loss, Scene scene)
    {
        var (logits, labels, expected) = (scene.LogitsTensor(), scene.TargetTensor(), scene.Evaluate(loss).Value);
        var target = new SegmentationTarget(labels);
        loss.register_forward_pre_hook((_, _, _) => throw new UserException());
        using var ofLabels = Library.Call(() => loss.forward(logits, labels));
        using var ofTarget = Library.Call(() => loss.forward(logits, target));
        Library.EnsureClose(Evaluation.Numbers(ofLabels)[0], expected, Tolerance.Identity, "the value of forward");
        Library.EnsureClose(Evaluation.Numbers(ofTarget)[0], expected, Tolerance.Identity, "the value of forward with a target");
    }

    /// <summary>Numbers of any float type, also where others lie between them.</summary>
    private static void Weights(Scene scene)
    {
        double[] numbers = [.. scene.Logits.Select(z => Math.Round(Math.Abs(Math.Clamp(z, -9, 9))))];
        foreach (var dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
        {
            var given = tensor(numbers, [numbers.Length], ScalarType.Float64, CPU).to(dtype);
            foreach (var form in (Tensor[])[given, stack([given, given.neg()], 1).select(1, 0)])
            {
                Library.EnsureClose([.. Library.Value(() => ClassWeights.Of(form)).Values], numbers, 0, $"the weights of {dtype}");
            }
        }
    }

    private static void Twice(SegmentationLoss loss, Scene scene)
    {
        var (leaf, labels) = (scene.LogitsTensor().requires_grad_(true), scene.TargetTensor());
        using var value = Library.Call(() => loss.call(leaf, labels));
        var first = autograd.grad([value], [leaf], retain_graph: true, create_graph: true)[0];
        if (first.requires_grad)
        {
            var second = autograd.grad([first.square().sum()], [leaf])[0];
            Library.Ensure(Evaluation.Numbers(second).All(double.IsFinite), "expected finite second derivatives, came one that is not");
        }
    }
}
