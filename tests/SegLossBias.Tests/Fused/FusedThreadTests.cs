using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>Neither the number of threads nor other callers change a single bit.</summary>
[Collection(nameof(Alone))]
[Trait("Runs", "OnEveryInstructionSet")]
public class FusedThreadTests
{
    private static readonly (string Name, SegmentationMode Mode, long[] Shape)[] Cases =
    [
        ("RCE(L1)", SegmentationMode.Multiclass, [2, 5, 111, 203]),
        ("RFL(KL)", SegmentationMode.Multiclass, [1, 3, 300, 301]),
        ("LogDiceCE", SegmentationMode.Multiclass, [3, 2, 257, 259]),
        ("Focal/softmax", SegmentationMode.Multiclass, [2, 40, 37, 41]),
        ("RCE(KL)", SegmentationMode.Binary, [2, 1, 400, 411]),
        ("DiceFL", SegmentationMode.Multilabel, [1, 4, 190, 191]),
        ("CE", SegmentationMode.Multiclass, [2, 6, 10, 11]),
        ("DBCE", SegmentationMode.Multilabel, [2, 3, 20, 30, 40]),
    ];

    [Fact]
    public void NumberOfThreads_ChangesNoBit()
    {
        var before = get_num_threads();
        try
        {
            var results = new List<(double[] Values, double[] Gradient)[]>();
            foreach (var threads in (int[])[1, 2, 3, 7])
            {
                set_num_threads(threads);
                results.Add([.. Cases.Select((_, i) => Evaluate(i))]);
            }

            foreach (var other in results.Skip(1))
            {
                for (var i = 0; i < Cases.Length; i++)
                {
                    ShouldBeIdentical(other[i], results[0][i], Cases[i].Name);
                }
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    /// <summary>The kernels run on as many threads as torch is told to use, forward and backward.</summary>
    [Fact]
    public void NumberOfThreads_FollowsTorch()
    {
        var before = get_num_threads();
        using var threadsSeen = new ParallelThreads();
        try
        {
            using var scope = NewDisposeScope();
            using var loss = LossTable.Create("RCE(L1)");
            var target = zeros([1, 600, 600], ScalarType.Int64);
            foreach (var threads in (int[])[1, 3])
            {
                set_num_threads(threads);
                threadsSeen.Expect(threads);
                var value = loss.call(zeros(1, 5, 600, 600).requires_grad_(true), target);
                threadsSeen.Count.Should().Be(threads, "forward");
                threadsSeen.Expect(threads);
                value.backward();
                threadsSeen.Count.Should().Be(threads, "backward");
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void SixteenCallersAtOnce_GetWhatOneGets()
    {
        var expected = Cases.Select((_, i) => Evaluate(i)).ToArray();
        var actual = new (double[] Values, double[] Gradient)[48];
        var threads = Enumerable.Range(0, 16).Select(caller => new Thread(() =>
        {
            for (var round = 0; round < 3; round++)
            {
                actual[(3 * caller) + round] = Evaluate((caller + round) % Cases.Length);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        for (var i = 0; i < actual.Length; i++)
        {
            ShouldBeIdentical(actual[i], expected[((i / 3) + (i % 3)) % Cases.Length], $"caller {i / 3}");
        }
    }

    /// <summary>
    /// Backward through one graph on several threads at once: each returns a gradient of its own, which libtorch has
    /// read before the node lets go of it, however often the garbage collector moves things. (It ended the process.)
    /// </summary>
    [Fact]
    public void BackwardOnSeveralThreadsAtOnce_AddsUp()
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)");
        var logits = randn(1, 3, 60, 70, ScalarType.Float64).requires_grad_(true);
        var value = loss.call(logits, randint(3, [1, 60, 70], ScalarType.Int64));
        value.backward(retain_graph: true);
        var expected = Evaluation.Numbers(logits.grad!);
        const int Callers = 4;
        const int Rounds = 5;
        var threads = Enumerable.Range(0, Callers).Select(_ => new Thread(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                value.backward(retain_graph: true);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        while (threads.Any(thread => thread.IsAlive))
        {
            GC.Collect();
            Thread.Sleep(1); // Without it the others hardly go on.
        }

        Evaluation.Numbers(logits.grad!).ShouldBeCloseToLargest([.. expected.Select(g => (1 + (Callers * Rounds)) * g)], Tolerance.Identity);
    }

    private static (double[] Values, double[] Gradient) Evaluate(int i)
    {
        var (name, mode, shape) = Cases[i];
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create(name, mode, Scene.Ignore);
        var scene = Scenes.Fixed(mode, shape, seed: i, ignored: 0.1);
        return Evaluation.Run(loss, scene.LogitsTensor(ScalarType.Float32), scene.TargetTensor());
    }

    private static void ShouldBeIdentical((double[] Values, double[] Gradient) actual, (double[] Values, double[] Gradient) expected, string because)
    {
        actual.Values.AsSpan().SequenceEqual(expected.Values).Should().BeTrue($"value of {because}");
        actual.Gradient.AsSpan().SequenceEqual(expected.Gradient).Should().BeTrue($"gradient of {because}");
    }
}
