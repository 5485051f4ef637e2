using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Losses;

/// <summary>A scene, a small network that maps it to logits, and the scene cut into parts.</summary>
internal sealed class PartScene : IDisposable
{
    private readonly Tensor _features;
    private readonly SegmentationTarget _target;
    private readonly DisposeScope _scope = NewDisposeScope();

    internal PartScene(Scene scene, int seed = 3)
    {
        using var generator = new Generator((ulong)seed, CPU);
        _features = scene.LogitsTensor();
        _target = scene.Target();
        Weight = randn([scene.Classes, scene.Classes], ScalarType.Float64, generator: generator, device: CPU).requires_grad_(true);
        Bias = randn([scene.Classes, 1], ScalarType.Float64, generator: generator, device: CPU).requires_grad_(true);
    }

    internal Tensor Weight { get; }

    internal Tensor Bias { get; }

    internal long Images => _features.shape[0];

    internal Tensor Logits => Network(_features);

    internal SegmentationTarget Target => _target;

    /// <summary>Micro-batches of these sizes, whose images are new ones.</summary>
    internal IEnumerable<Part> MicroBatches(params long[] sizes)
    {
        var start = 0L;
        foreach (var size in sizes)
        {
            var first = start;
            yield return new(() => Network(_features.narrow(0, first, size)), Narrow(0, first, size), null);
            start += size;
        }
    }

    /// <summary>Columns of all images together, then of each image by itself, so that an image is in several parts.</summary>
    internal IEnumerable<Part> Tiles()
    {
        var (axis, width) = (_features.dim() - 1, _features.shape[^1]);
        yield return new(() => Network(_features.narrow(axis, 0, 2)), Narrow(-1, 0, 2), [.. Enumerable.Range(0, (int)Images).Select(image => (long)image)]);
        for (var image = Images - 1; image >= 0; image--)
        {
            var own = image;
            yield return new(() => Network(_features.narrow(0, own, 1).narrow(axis, 2, width - 2)), Narrow(-1, 2, width - 2, Narrow(0, own, 1)), [own]);
        }
    }

    internal double[] Gradient()
    {
        double[] numbers = [.. Evaluation.Numbers(Weight.grad!), .. Evaluation.Numbers(Bias.grad!)];
        Weight.grad!.zero_();
        Bias.grad!.zero_();
        return numbers;
    }

    public void Dispose() => _scope.Dispose();

    private Tensor Network(Tensor features) => Weight.matmul(features.flatten(2)).add(Bias).tanh().view(features.shape);

    private SegmentationTarget Narrow(long axis, long start, long length, SegmentationTarget? of = null)
    {
        var target = of ?? _target;
        var narrow = new SegmentationTarget(target.Labels.narrow(axis, start, length));
        narrow = target.PixelWeights is { } weights ? narrow.WithPixelWeights(weights.narrow(axis, start, length)) : narrow;
        narrow = target.InstanceIds is { } ids ? narrow.WithInstances(ids.narrow(axis, start, length)) : narrow;
        return target.Maps.Aggregate(narrow, (partial, map) => partial.WithMap(map.Key, map.Value.narrow(axis, start, length)));
    }

    internal sealed record Part(Func<Tensor> Logits, SegmentationTarget Target, long[]? Images);
}
