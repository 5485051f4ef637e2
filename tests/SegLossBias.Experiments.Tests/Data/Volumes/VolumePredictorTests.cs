using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Tests.Data.Volumes;

public class VolumePredictorTests
{
    private static readonly Gen<long[]> Boxes = Gen.Long[1, 13].Array[3];

    private sealed class Pointwise(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Pointwise))
    {
        public List<long[]> Shapes { get; } = [];

        public override Tensor forward(Tensor input)
        {
            Shapes.Add(input.shape);
            return function(input);
        }
    }

    [Fact]
    public void APointwiseNetwork_GivesWhatItGivesOnTheWholeVolume() =>
        Gen.Select(Boxes, Gen.Long[1, 9].Array[3], Gen.Double[0, 0.8]).Sample((space, patch, overlap) =>
        {
            using var scope = NewDisposeScope();
            using var network = new Pointwise(x => cat([x.square() - 1, x.sum(1, keepdim: true)], 1));
            using var item = new Case("case", randn([2, .. space]), zeros(space, ScalarType.Byte), [1, 1, 1]);
            var expected = network.forward(item.Image.unsqueeze(0)).squeeze(0);
            var logits = new VolumePredictor(patch, CPU, overlap).Logits(network, [item]).Single();
            logits.shape.Should().Equal([3, .. space]);
            (logits - expected).abs().max().item<float>().Should().BeLessThan(1e-4f);
        }, iter: 60, threads: 1);

    [Fact]
    public void AConstantNetwork_GivesTheConstantEverywhere() =>
        Gen.Select(Boxes, Gen.Long[1, 9].Array[3], Gen.Double[0, 0.8]).Sample((space, patch, overlap) =>
        {
            using var scope = NewDisposeScope();
            using var network = new Pointwise(x => full_like(x, 7));
            using var item = new Case("case", randn([1, .. space]), zeros(space, ScalarType.Byte), [1, 1, 1]);
            var logits = new VolumePredictor(patch, CPU, overlap).Logits(network, [item]).Single();
            (logits - 7).abs().max().item<float>().Should().BeLessThan(1e-4f);
        }, iter: 60, threads: 1);

    [Fact]
    public void WindowsAreOfThePatchSize_TwoAtOnce_AndASmallVolumeLiesInTheirMiddle()
    {
        using var scope = NewDisposeScope();
        var seen = new List<Tensor>();
        using var network = new Pointwise(x =>
        {
            seen.Add(x.clone().DetachFromDisposeScope());
            return x.alias();
        });
        using var item = new Case("case", ones(1, 2, 4, 12), zeros([2, 4, 12], ScalarType.Byte), [1, 1, 1]);
        var logits = new VolumePredictor([4, 4, 4], CPU).Logits(network, [item]).Single();

        network.Shapes.Should().AllSatisfy(shape => shape.Should().Equal([shape[0], 1, 4, 4, 4]));
        network.Shapes.Select(shape => shape[0]).Should().Equal(2, 2, 1);
        seen[0].sum([0L, 1L, 3L, 4L]).data<float>().ToArray().Should().Equal(0, 32, 32, 0);
        logits.sum().item<float>().Should().BeApproximately(96, 1e-4f);
        seen.ForEach(x => x.Dispose());
    }

    [Fact]
    public void EveryCaseHasItsLogits_WhichTheCallerOwns_AndNothingElseIsLeft()
    {
        using var network = new Pointwise(x => x + 1);
        using var first = new Case("first", zeros(1, 6, 6, 6), zeros([6, 6, 6], ScalarType.Byte), [1, 1, 1]);
        using var second = new Case("second", ones(1, 3, 9, 4), zeros([3, 9, 4], ScalarType.Byte), [1, 1, 1]);
        var predictor = new VolumePredictor([4, 4, 4], CPU);
        using var scope = NewDisposeScope();
        var values = new List<(long, float)>();
        foreach (var logits in predictor.Logits(network, [first, second]))
        {
            using var largest = logits.max();
            values.Add((logits.numel(), largest.item<float>()));
            logits.Dispose();
        }

        values.Select(value => value.Item1).Should().Equal(216, 108);
        values.Select(value => value.Item2).Should().AllSatisfy(value => value.Should().BeInRange(0.99f, 2.01f));
        scope.DisposablesCount.Should().Be(0);
    }
}
