using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Benchmarks.Cases;

/// <summary>Float32 logits and int64 labels of a shape, always the same: normal logits, labels in connected regions.</summary>
internal sealed class Scene : IDisposable
{
    private const long Coarseness = 32;
    private const double Smoothing = 0.1;
    private Tensor? _soft;
    private Tensor? _weights;
    private Tensor? _instances;
    private SegmentationTarget? _target;

    /// <param name="shape">[N,K,*].</param>
    /// <param name="differentiable">The logits are a leaf that takes a gradient.</param>
    public Scene(Shape shape, bool differentiable)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        Logits = randn(shape.Sizes, generator: generator).requires_grad_(differentiable).MoveToOuterDisposeScope();
        Labels = stack([.. Enumerable.Range(0, (int)shape.Images).Select(_ => Regions(shape, generator))]).MoveToOuterDisposeScope();
    }

    public Tensor Logits { get; }

    public Tensor Labels { get; }

    /// <summary>Soft labels [N,K,*]: nine tenths of the label, the rest spread evenly. Made when first read.</summary>
    public Tensor SoftLabels => _soft ??= Smoothed();

    /// <summary>Weights of the pixels, [N,*]: the first half of each row weighs 1, the second 2. Made when first read.</summary>
    public Tensor Weights => _weights ??= Halves();

    /// <summary>The labels with a map and with the connected components of the labels, for the losses that read those. Made when first read.</summary>
    public SegmentationTarget Target => _target ??= new SegmentationTarget(Labels)
        .WithMap(new Boundary().Map, SoftLabels)
        .WithInstances(_instances = ConnectedComponents.Compute(Labels, (int)Logits.shape[1]).DetachFromDisposeScope());

    public void Dispose()
    {
        _instances?.Dispose();
        _soft?.Dispose();
        _weights?.Dispose();
        Logits.Dispose();
        Labels.Dispose();
    }

    private Tensor Smoothed()
    {
        using var scope = NewDisposeScope();
        var soft = full(Logits.shape, Smoothing / (Logits.shape[1] - 1), float32);
        var index = Labels.unsqueeze(1);
        return soft.scatter_(1, index, full([1], 1 - Smoothing, float32).expand(index.shape)).DetachFromDisposeScope();
    }

    private Tensor Halves()
    {
        using var scope = NewDisposeScope();
        var weights = ones(Labels.shape, float32);
        var half = weights.shape[^1] / 2;
        _ = weights.narrow(-1, half, weights.shape[^1] - half).fill_(2);
        return weights.DetachFromDisposeScope();
    }

    /// <summary>
    /// The largest of K smooth random fields at each pixel. Class 0, the background, is raised so that the others share a
    /// small part, each less than the one before; with many classes some are absent.
    /// </summary>
    private static Tensor Regions(Shape shape, Generator generator)
    {
        using var scope = NewDisposeScope();
        long[] coarse = [.. shape.Space.Select(size => Math.Max(4, size / Coarseness))];
        var noise = randn([1, shape.Classes, .. coarse], generator: generator);
        var fields = nn.functional.interpolate(noise, shape.Space,
            mode: coarse.Length == 2 ? InterpolationMode.Bilinear : InterpolationMode.Trilinear, align_corners: false);
        var background = Math.Sqrt(2 * Math.Log(shape.Classes));
        var offsets = Enumerable.Range(0, (int)shape.Classes).Select(k => k == 0 ? background : -(double)k / shape.Classes);
        long[] perClass = [1, shape.Classes, .. coarse.Select(_ => 1L)];
        return fields.add_(tensor(offsets.ToArray(), float32).view(perClass)).argmax(1).squeeze(0).MoveToOuterDisposeScope();
    }
}
