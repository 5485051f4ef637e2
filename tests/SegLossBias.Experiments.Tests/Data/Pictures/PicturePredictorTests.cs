using SegLossBias.Experiments.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public class PicturePredictorTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(4, 3)]
    [InlineData(4, 1)]
    public void Logits_AreThoseOfEachPictureAndNoBatchIsASinglePicture(int batch, int count)
    {
        using var network = new Recorder();
        Case[] cases = [.. Enumerable.Range(0, count).Select(Random)];
        Tensor[] logits = [.. new PicturePredictor(batch, InputKind.PerPicture, CPU).Logits(network, cases)];
        network.BatchSizes.Should().AllSatisfy(size => size.Should().BeInRange(2, Math.Max(2, batch)));
        logits.Should().HaveCount(count);
        for (var i = 0; i < count; i++)
        {
            var pixels = cases[i].Image.Bytes().Select(pixel => (double)pixel).ToArray();
            var mean = pixels.Average();
            var deviation = Math.Sqrt(pixels.Average(pixel => (pixel - mean) * (pixel - mean)));
            logits[i].shape.Should().Equal(2, 4, 6);
            logits[i].requires_grad.Should().Be(false);
            var values = logits[i].Floats();
            for (var at = 0; at < 24; at++)
            {
                values[at].Should().BeApproximately((float)((pixels[at] - mean) / deviation), 1e-4f);
                values[24 + at].Should().BeApproximately(-values[at], 1e-6f);
            }
        }

        Array.ForEach(logits, item => item.Dispose());
        Array.ForEach(cases, item => item.Dispose());
    }

    [Fact]
    public void Logits_LeaveNoTensorsBehindEvenWhenNotReadToTheEnd()
    {
        using var network = new Recorder();
        Case[] cases = [.. Enumerable.Range(0, 5).Select(Random)];
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        foreach (var logits in new PicturePredictor(4, InputKind.PerPicture, CPU).Logits(network, cases))
        {
            using var scope = NewDisposeScope();
            logits.Dispose();
        }

        new PicturePredictor(4, InputKind.PerPicture, CPU).Logits(network, cases).First().Dispose();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(before);
        Array.ForEach(cases, item => item.Dispose());
    }

    private static Case Random(int i)
    {
        var pixels = new byte[24];
        new Random(i).NextBytes(pixels);
        return new($"case {i}", tensor(pixels, [1, 4, 6]), zeros([4, 6], ScalarType.Byte), [1, 1]);
    }

    /// <summary>Returns its input and the negative of it as the logits of two classes.</summary>
    private sealed class Recorder() : nn.Module<Tensor, Tensor>(nameof(Recorder))
    {
        public List<long> BatchSizes { get; } = [];

        public override Tensor forward(Tensor input)
        {
            BatchSizes.Add(input.shape[0]);
            return cat([input, -input], 1);
        }
    }
}
