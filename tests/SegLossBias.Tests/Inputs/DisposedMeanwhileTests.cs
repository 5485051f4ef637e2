using System.Diagnostics;

namespace SegLossBias.Tests.Inputs;

/// <summary>
/// Another thread disposes the inputs while they are read: the right answer, or the error that says so, and never a death.
/// (What nobody can help is the moment in which the first handle is taken, some 100 ns; no round aims at it.)
/// </summary>
public class DisposedMeanwhileTests
{
    private const int Classes = 8;
    private const int Rounds = 15;

    [Theory]
    [InlineData("one-hot target")]
    [InlineData("float mask")]
    [InlineData("label maps of metrics")]
    public void Inputs_DisposedWhileTheyAreRead(string reader)
    {
        using var scope = NewDisposeScope();
        var target = arange(Classes * 64 * 64).reshape(1, Classes * 64, 64).remainder(Classes);
        var oneHot = nn.functional.one_hot(target, Classes).permute(0, 3, 1, 2).contiguous().to(ScalarType.Byte);
        var (finished, refused) = (0, 0);
        Read(reader, Inputs(reader, target, oneHot)).Should().BeTrue("and the first call, which is slow, is over");
        for (var round = 0; round < Rounds; round++)
        {
            using var inner = NewDisposeScope();
            var inputs = Inputs(reader, target, oneHot);
            var wait = TimeSpan.FromMicroseconds(300 + (100 * round));
            using var started = new ManualResetEventSlim();
            var thread = new Thread(() =>
            {
                started.Wait();
                for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < wait;)
                {
                }

                foreach (var input in inputs)
                {
                    input.Dispose();
                }
            });
            thread.Start();
            started.Set();
            try
            {
                Read(reader, inputs).Should().BeTrue();
                finished++;
            }
            catch (ArgumentException error) when (error.Message.Contains("disposed", StringComparison.Ordinal))
            {
                refused++;
            }
            finally
            {
                thread.Join();
            }
        }

        finished.Should().BePositive("some rounds take the inputs before they go");
        (finished + refused).Should().Be(Rounds, "there is no other outcome");
    }

    private static Tensor[] Inputs(string reader, Tensor target, Tensor oneHot) => reader switch
    {
        "one-hot target" => [zeros(1).expand(1, Classes, Classes * 64, 64), oneHot.clone()],
        "float mask" => [zeros(1).expand(1, Classes, Classes * 64, 64), oneHot.to(ScalarType.Float32)],
        _ => [target.clone(), oneHot.clone()],
    };

    /// <summary>Whether what was read is right.</summary>
    private static bool Read(string reader, Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        if (reader == "one-hot target")
        {
            var labels = SegmentationInput.Check(inputs[0], inputs[1], SegmentationMode.Multiclass, []).Labels;
            return labels.to(ScalarType.Int64).sum().item<long>() == 64L * 64 * Classes * (Classes - 1) / 2;
        }

        if (reader == "float mask")
        {
            var labels = SegmentationInput.Check(inputs[0], inputs[1], SegmentationMode.Multilabel, []).Labels;
            return labels.to(ScalarType.Int64).sum().item<long>() == 64L * 64 * Classes;
        }

        var metrics = new OverlapMetrics(Classes);
        metrics.Add(inputs[0], inputs[1]);
        return metrics.Evaluated.All(k => metrics.Pooled(k).TruePositives == 64 * 64);
    }
}
