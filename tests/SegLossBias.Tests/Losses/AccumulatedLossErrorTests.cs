using SegLossBias.Tests.Contract;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Losses;

/// <summary>Calls out of order and parts that do not fit are errors that say what to do.</summary>
public sealed class AccumulatedLossErrorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly SegmentationLoss _loss = new RceL1Loss();
    private readonly Tensor _logits = randn([2, 3, 4], ScalarType.Float64, device: CPU);
    private readonly Tensor _labels = zeros([2, 4], ScalarType.Int64, CPU);

    public void Dispose()
    {
        _loss.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void TermsThatDoNotAddUp_AreRefused()
    {
        using var topK = new SegmentationLoss(new CrossEntropy() + new TopKCrossEntropy());
        Making(topK).Should().Throw<ArgumentException>().WithMessage("*TopK*needs all pixels at once*");
        using var none = new RceL1Loss { Reduction = Reduction.None };
        Making(none).Should().Throw<ArgumentException>().WithMessage("*None*use Mean or Sum*");
        using var blobs = new SegmentationLoss(new BlobDice());
        using var accumulated = new AccumulatedLoss(blobs, 2);
        accumulated.Add(_logits, new SegmentationTarget(_labels).WithInstances(ones_like(_labels)));
        accumulated.Invoking(a => a.AllReduce(_ => { })).Should().Throw<InvalidOperationException>().WithMessage("*reads instances*one machine*");
        accumulated.Complete().Dispose();
        accumulated.Invoking(a => a.Share(_logits, new SegmentationTarget(_labels).WithInstances(full_like(_labels, 2)))).Should().Throw<ArgumentException>().WithMessage("*instances of the first*");

        static Action Making(SegmentationLoss loss) => () => new AccumulatedLoss(loss).Dispose();
    }

    [Fact]
    public void CallsOutOfOrder_SayWhatComesFirst()
    {
        using var accumulated = new AccumulatedLoss(_loss, 2);
        accumulated.Invoking(a => a.Complete()).Should().Throw<InvalidOperationException>().WithMessage("*none was added*");
        accumulated.Invoking(a => a.AllReduce(_ => { })).Should().Throw<InvalidOperationException>().WithMessage("*none was added*");
        accumulated.Add(_logits, _labels);
        accumulated.Invoking(a => a.Share(_logits, _labels)).Should().Throw<InvalidOperationException>().WithMessage("*first pass is not over*");
        accumulated.AllReduce(_ => { });
        accumulated.Invoking(a => a.AllReduce(_ => { })).Should().Throw<InvalidOperationException>().WithMessage("*added up once*");
        accumulated.Complete().Dispose();
        accumulated.Invoking(a => a.Complete()).Should().Throw<InvalidOperationException>().WithMessage("*called before*");
        accumulated.Invoking(a => a.Add(_logits, _labels)).Should().Throw<InvalidOperationException>().WithMessage("*first pass is over*");
        accumulated.Dispose();
        accumulated.Invoking(a => a.Share(_logits, _labels)).Should().Throw<ObjectDisposedException>();
    }

    /// <summary>A network that fails in the middle has written some numbers; none of them counts, and the sum may be tried again.</summary>
    [Fact]
    public void ASumThatThrowsHalfway_ChangesNothing()
    {
        using var accumulated = new AccumulatedLoss(_loss, 2);
        accumulated.Add(_logits, _labels);
        LiveHandles.LeftBy(() => accumulated.Invoking(a => a.AllReduce(numbers =>
        {
            numbers[..(numbers.Length / 2)].Fill(-7);
            throw new TimeoutException();
        })).Should().Throw<TimeoutException>()).Should().Be(0);
        accumulated.AllReduce(_ => { });
        using var leaf = _logits.detach().clone().requires_grad_(true);
        using var terms = accumulated.Complete();
        using var share = accumulated.Share(leaf, _labels);
        share.backward();
        var (value, gradient) = Evaluation.Scalar(_loss, _logits, _labels);
        Evaluation.Numbers(terms.Total).Should().ContainSingle().Subject.ShouldBeClose(value, Tolerance.Identity);
        Evaluation.Numbers(leaf.grad!).ShouldBeClose(gradient, Tolerance.Identity);
        accumulated.PassDifference.Should().BeLessThan(Tolerance.Identity);
    }

    [Fact]
    public void ImagesThatDoNotFit_AreRefused_AndLeaveNothingBehind()
    {
        using var open = new AccumulatedLoss(_loss);
        using var stated = new AccumulatedLoss(_loss, 2);
        open.Invoking(a => a.AllReduce(_ => { })).Should().Throw<InvalidOperationException>().WithMessage("*was not stated*");
        var wrong = full_like(_labels, 7);
        LiveHandles.LeftBy(() =>
        {
            open.Invoking(a => a.Add(_logits, _labels, [0])).Should().Throw<ArgumentException>().WithMessage("*2 entries and images 1*");
            open.Invoking(a => a.Add(_logits, _labels, [0, -1])).Should().Throw<ArgumentException>().WithMessage("*entry 1 is of image -1*");
            stated.Invoking(a => a.Add(_logits, _labels, [0, 2])).Should().Throw<ArgumentException>().WithMessage("*0 to 1, but entry 1 is of image 2*");
            open.Invoking(a => a.Add(_logits, wrong)).Should().Throw<ArgumentException>().WithMessage("*label 7*");
        }).Should().Be(0);
        stated.Add(_logits, _labels);
        stated.Invoking(a => a.Add(_logits, _labels)).Should().Throw<ArgumentException>().WithMessage("*entry 0 is of image 2; state as many images as there are*");
        open.Add(_logits, _labels, [0, 1]);
        open.Complete().Dispose();
        open.Share(_logits, _labels).Dispose();
        open.Invoking(a => a.Share(_logits, _labels)).Should().Throw<ArgumentException>().WithMessage("*images of the first, 2, but this part has image 3*");
    }

    /// <summary>Before backward: a part that is repeated, of other axes, or of other labels, at the latest with the last part of an image.</summary>
    [Fact]
    public void SecondPass_TakesThePartsOfTheFirst_Once()
    {
        var other = _labels.clone();
        other[0, 0] = 1;
        using var accumulated = new AccumulatedLoss(_loss, 4);
        accumulated.Add(_logits, _labels, [0, 1]);
        accumulated.Add(_logits, other, [2, 3]);
        accumulated.Add(_logits, other, [2, 3]);
        accumulated.Complete().Dispose();
        accumulated.PartsLeft.Should().Be(3);
        LiveHandles.LeftBy(() => Refuses(accumulated, _logits, other, [0, 1], "*none of the 3 that are left is this one: images [0, 1] of [4] pixels*same order*")).Should().Be(0);
        Refuses(accumulated, _logits, ones_like(_labels), [2, 3], "*none of the 3 that are left*");
        Refuses(accumulated, _logits.narrow(2, 0, 3), _labels.narrow(1, 0, 3), [0, 1], "*of [3] pixels*");
        accumulated.Share(_logits, other, [2, 3]).Dispose();
        accumulated.Share(_logits, _labels, [0, 1]).Dispose();
        accumulated.PartsLeft.Should().Be(1);
        Refuses(accumulated, _logits, _labels, [0, 1], "*was shared before; call Share once for each call of Add*");
        Refuses(accumulated, _logits, _labels, [2, 3], "*none of the 1 that are left*");
        accumulated.Share(_logits, other, [2, 3]).Dispose();
        accumulated.PartsLeft.Should().Be(0, "a part that was added twice is shared twice");

        using var ordered = new AccumulatedLoss(_loss);
        ordered.Add(_logits, _labels);
        ordered.Add(_logits, other);
        ordered.Complete().Dispose();
        Refuses(ordered, _logits, other, null, "*same order where images have no numbers*");
        ordered.Share(_logits, _labels).Dispose();
        Refuses(ordered, _logits, _labels, null, "*images [2, 3]*same order where images have no numbers*");
        ordered.Share(_logits, other).Dispose();
        ordered.PartsLeft.Should().Be(0, "what was refused counts no images");

        static void Refuses(AccumulatedLoss whole, Tensor logits, Tensor labels, long[]? images, string message) =>
            whole.Invoking(w => w.Share(logits, labels, images)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    /// <summary>A part without images has no gradient to give, wherever it stands.</summary>
    [Fact]
    public void EmptyPart_IsTakenInBothPasses()
    {
        using var accumulated = new AccumulatedLoss(_loss);
        var leaf = _logits.narrow(0, 0, 0).detach().requires_grad_(true);
        accumulated.Add(leaf, _labels.narrow(0, 0, 0));
        accumulated.Add(_logits, _labels);
        accumulated.Complete().Dispose();
        using (var share = accumulated.Share(leaf, _labels.narrow(0, 0, 0)))
        {
            share.backward();
            share.item<double>().Should().Be(0);
        }

        accumulated.Share(_logits, _labels).Dispose();
        accumulated.Share(leaf, _labels.narrow(0, 0, 0)).Dispose();
        (accumulated.PartsLeft, accumulated.PassDifference).Should().Be((0, 0));
    }

    [Fact]
    public void PartsOfAnotherBatch_AreRefused()
    {
        using var accumulated = new AccumulatedLoss(_loss);
        accumulated.Add(_logits, _labels);
        accumulated.Invoking(a => a.Add(_logits.narrow(1, 0, 2), _labels)).Should().Throw<ArgumentException>().WithMessage("*channels of the first, 3*2 channels*");
        _loss.Epoch = 1;
        accumulated.Invoking(a => a.Add(_logits, _labels)).Should().Throw<ArgumentException>().WithMessage("*epoch, 0, but*epoch 1*");
    }
}
