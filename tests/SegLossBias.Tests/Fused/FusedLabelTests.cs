using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Fused;

/// <summary>Labels that are garbage: an error where they are checked, ignored where they are not, never an index.</summary>
public class FusedLabelTests
{
    public static TheoryData<SegmentationMode, ScalarType> ModesAndTypes
    {
        get
        {
            var data = new TheoryData<SegmentationMode, ScalarType>();
            foreach (var mode in FusedScenes.Modes)
            {
                foreach (var type in (ScalarType[])[ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64])
                {
                    data.Add(mode, type);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ModesAndTypes))]
    public void Unchecked_AreIgnored(SegmentationMode mode, ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var classes in mode == SegmentationMode.Binary ? [1] : (int[])[2, 5])
        {
            var (scene, target) = Garbage(mode, type, classes);
            var statistics = new[] { RegionStatistic.NegativeLogLikelihood, RegionStatistic.PredictedSize(10), RegionStatistic.Overlap };
            var logits = scene.LogitsTensor().requires_grad_(true);
            var input = SegmentationInput.Check(logits, target, mode, [1], checksLabels: false);
            var oracle = new PlainStatistics(scene with { Ignored = 1 }, statistics);
            var expected = oracle.Values();
            var fused = FusedRegions.Gather(input, statistics);
            for (var place = 0; place < statistics.Length; place++)
            {
                var values = Evaluation.Numbers(fused.Compute(statistics[place], background: false));
                values.ShouldAllBeClose([.. values.Select((_, i) => expected[oracle.At(i / classes, place, false, i % classes)])], Tolerance.Identity, $"{statistics[place]}");
            }

            fused.Compute(statistics[1], background: false).sum().backward();
            var upstream = new double[oracle.Length];
            for (var i = 0; i < (int)scene.Images * classes; i++)
            {
                upstream[oracle.At(i / classes, 1, false, i % classes)] = 1;
            }

            Evaluation.Numbers(logits.grad!).ShouldAllBeClose(oracle.Gradient(upstream), Tolerance.Identity);
        }
    }

    [Theory]
    [MemberData(nameof(ModesAndTypes))]
    public void Checked_AreNamedWithTheirPosition(SegmentationMode mode, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var loss = LossTable.Create("RCE(L1)", mode);
        var classes = mode == SegmentationMode.Binary ? 1 : 3;
        var (scene, garbage) = Garbage(mode, type, classes);
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(ScalarType.Float32), garbage)).Should().Throw<ArgumentException>();

        var target = zeros(scene.LabelShape, type);
        target.view(-1)[-1] = 77;
        var last = Shapes.Text(Shapes.Position(target.numel() - 1, target.shape));
        FluentActions.Invoking(() => loss.call(scene.LogitsTensor(ScalarType.Float32), target))
            .Should().Throw<ArgumentException>().WithMessage($"*label 77 occurs at {last}*");
    }

    /// <summary>Another thread writes garbage into the labels all the while: wrong numbers or errors, but no crash.</summary>
    [Fact]
    public void WrittenMeanwhile_DoNoHarm()
    {
        using var scope = NewDisposeScope();
        var logits = rand(2, 7, 90, 90).requires_grad_(true);
        var target = zeros([2, 90, 90], ScalarType.Int64);
        using var loss = LossTable.Create("RCE(L1)", ignoreIndex: Scene.Ignore);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            var random = new Random(1);
            while (!stop.IsCancellationRequested)
            {
                random.NextBytes(target.bytes);
                target.bytes.Clear();
                Thread.Sleep(random.Next(2)); // Now and then the labels hold for a whole call.
            }
        });
        var expected = loss.call(logits, target).item<float>();
        writer.Start();
        var values = new List<float>();
        for (var i = 0; i < 300 || (values.Count == 0 && i < 30_000); i++)
        {
            using var inner = NewDisposeScope();
            try
            {
                var value = loss.call(logits, target);
                value.backward();
                values.Add(value.item<float>());
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                // The labels were no classes, or not those that had been checked.
            }
        }

        stop.Cancel();
        writer.Join();
        values.Should().AllSatisfy(value => value.Should().BeInRange(0, 100, "a pixel counts with its class or not at all, whatever is written"));
        Evaluation.Numbers(logits.grad ?? zeros(1)).Should().OnlyContain(slope => double.IsFinite(slope));
        loss.call(logits, target.zero_()).item<float>().Should().Be(expected);
    }

    /// <summary>What has been checked is held: the caller may dispose the inputs while the loss is computed.</summary>
    [Theory]
    [InlineData(SegmentationMode.Multiclass)]
    [InlineData(SegmentationMode.Binary)]
    [InlineData(SegmentationMode.Multilabel)]
    public void DisposedMeanwhile_DoNoHarm(SegmentationMode mode)
    {
        using var scope = NewDisposeScope();
        var scene = Scenes.Usual(mode, ignored: 0.2);
        Tensor Size(bool disposes)
        {
            var (logits, target) = (scene.LogitsTensor(), scene.TargetTensor());
            var input = SegmentationInput.Check(logits, target, mode, [Scene.Ignore]);
            if (disposes)
            {
                logits.Dispose();
                target.Dispose();
                GC.Collect();
                GC.WaitForPendingFinalizers();
                _ = ones(scene.Shape).mul(99);
            }

            return FusedRegions.Gather(input, [RegionStatistic.PredictedSize()]).Compute(RegionStatistic.PredictedSize(), background: false);
        }

        Evaluation.Numbers(Size(disposes: true)).Should().Equal(Evaluation.Numbers(Size(disposes: false)));
    }

    private static (Scene Scene, Tensor Target) Garbage(SegmentationMode mode, ScalarType type, int classes)
    {
        var scene = Scenes.Fixed(mode, [2, classes, 9, 13], seed: 4);
        var target = empty(scene.LabelShape, type);
        var bytes = target.bytes;
        new Random(5).NextBytes(bytes);

        // Half of them are classes after all.
        var size = (int)target.element_size();
        for (var i = 0; i < bytes.Length; i += 2 * size)
        {
            bytes.Slice(i, size).Clear();
            bytes[i] = (byte)(i / (2 * size) % Math.Max(classes, 2));
        }

        return (scene with { Labels = target.to(ScalarType.Int64).data<long>().ToArray() }, target);
    }
}
