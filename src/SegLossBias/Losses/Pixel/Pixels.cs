using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// What a <see cref="PixelTerm"/> is made of: losses of single pixels, [N, V], in multilabel mode [N, K·V], and probabilities,
/// labels, weights and maps of single entries, [N, K, V]. Each is made when it is first read, once for all terms of a loss, and
/// is float32, or float64 for float64 logits. Each read gives a handle of its own.
/// </summary>
public sealed class Pixels
{
    private readonly FlatInput _input;
    private readonly bool _hasGraph = is_grad_enabled();
    private readonly Dictionary<string, Tensor> _made = [];

    internal Pixels(SegmentationInput input)
    {
        _input = FlatInput.Of(input);
        (Mode, Space) = (input.Mode, input.Logits.shape[2..]);
        ValidCount = _input.Ignored is null ? _input.Images * _input.Pixels * (Mode == SegmentationMode.Multiclass ? 1 : _input.Classes) : null;
    }

    /// <summary>How the logits are read.</summary>
    public SegmentationMode Mode { get; }

    /// <summary>N, the images of the batch.</summary>
    public long Images => _input.Images;

    /// <summary>K, the channels of the logits.</summary>
    public long Classes => _input.Classes;

    /// <summary>The spatial axes of an image; their product is V.</summary>
    public IReadOnlyList<long> Space { get; }

    /// <summary>True at pixels that are not ignored, [N, V] or [N, K·V].</summary>
    public Tensor IsValid => Made(nameof(IsValid), () =>
        (_input.Ignored?.bitwise_not() ?? ones(Mode == SegmentationMode.Multiclass ? [Images, _input.Pixels] : [Images, Classes, _input.Pixels], ScalarType.Bool, _input.Device)).flatten(1));

    /// <summary>Where the numbers are.</summary>
    internal Device Device => _input.Device;

    /// <summary>How many of the batch these are, where that is known without waiting for a device: when none is ignored.</summary>
    internal long? ValidCount { get; }

    /// <summary>
    /// −log p of the true class in nats, ≥ 0, differentiable; 0 where ignored. Soft labels share it between the classes,
    /// Σ_k y_k · −log p_k. Without the weights of the pixels. [N, V] or [N, K·V].
    /// </summary>
    public Tensor NegativeLogLikelihood => Made(nameof(NegativeLogLikelihood), () => Mode == SegmentationMode.Multiclass ? OfSoftmax() : OfSigmoid());

    /// <summary>
    /// The mean of −log p over the classes of a pixel, in binary and multilabel mode over foreground and background of an entry, in
    /// nats, differentiable; 0 where ignored: what label smoothing adds. [N, V] or [N, K·V].
    /// </summary>
    public Tensor MeanNegativeLog => Made(nameof(MeanNegativeLog), () => Mode == SegmentationMode.Multiclass
        ? LogProbability.mean([1]).neg().ZeroWhere(_input.Ignored)
        : LogSigmoid(1).Plus(LogSigmoid(-1)).Times(-0.5).ZeroWhere(_input.Ignored).flatten(1));

    /// <summary>The weights of the pixels in the shape of the losses, 0 where ignored; null for 1.</summary>
    public Tensor? PixelWeights => _input.Weights is not { } weights ? null
        : Mode == SegmentationMode.Multiclass ? weights.squeeze(1).ZeroWhere(_input.Ignored).alias()
        : weights.expand(Images, Classes, _input.Pixels).ZeroWhere(_input.Ignored).flatten(1);

    /// <summary>The logits [N, K, V], differentiable; 0 where ignored.</summary>
    public Tensor Logits => Made(nameof(Logits), () => _input.Logits.ZeroWhere(_input.IgnoredEntries).alias());

    /// <summary>p [N, K, V]: softmax over the classes, or the sigmoid of each channel; differentiable; 0 where ignored.</summary>
    public Tensor Probability => Made(nameof(Probability), () =>
        (Mode == SegmentationMode.Multiclass ? nn.functional.softmax(Logits, 1) : Logits.sigmoid()).ZeroWhere(_input.IgnoredEntries));

    /// <summary>y [N, K, V]: 1 in the true class or channel and else 0, or the soft labels; 0 where ignored.</summary>
    public Tensor Target => Made(nameof(Target), () =>
        (Mode == SegmentationMode.Multiclass ? _input.AsChannels().Labels : _input.Labels).to(_input.Logits.dtype).alias());

    /// <summary>What each entry weighs, [N, 1, V], in multilabel mode [N, K, V]: its weight, and 0 where ignored; null where all weigh 1.</summary>
    public Tensor? EntryWeights => _input.Weights is null && _input.Ignored is null ? null : Made(nameof(EntryWeights), () =>
    {
        var ofChannels = Mode == SegmentationMode.Multiclass ? 1 : Classes;
        var weights = _input.Weights ?? ones([1, 1, 1], _input.Logits.dtype, _input.Device);
        return weights.expand(Images, ofChannels, _input.Pixels).ZeroWhere(_input.IgnoredEntries).alias();
    });

    /// <summary>Where entries are ignored, [N, 1, V] or [N, K, V]; null where none is.</summary>
    internal Tensor? IgnoredEntries => _input.IgnoredEntries?.alias();

    /// <summary>A map of the target, [N, K, V]. A term that reads one names it in <see cref="PixelTerm.Maps"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="InvalidOperationException">The term does not say that it reads this map.</exception>
    public Tensor Map(string name) => _input.Maps.TryGetValue(name, out var map)
        ? map.ZeroWhere(_input.IgnoredEntries).alias()
        : throw new InvalidOperationException($"the term reads a map '{name}' of the target that it does not name in Maps; override PixelTerm.Maps to name it.");

    /// <summary>The negative log-likelihood of labels that share s of themselves between all classes alike, (1 − s)·y + s/K.</summary>
    internal Tensor Smoothed(double smoothing) =>
        smoothing == 0 ? NegativeLogLikelihood :
        Mode == SegmentationMode.Multiclass && _input.Soft is null ? OfHardLabels(new(1 - smoothing, smoothing / Classes)) :
        NegativeLogLikelihood.Times(1 - smoothing).Plus(MeanNegativeLog.Times(smoothing));

    private Tensor LogProbability => Made(nameof(LogProbability), () => nn.functional.log_softmax(Logits, 1));

    /// <summary>A term may read from a dispose scope of its own and without a graph; what is made outlives that scope, and has a graph where the loss has one.</summary>
    private Tensor Made(string name, Func<Tensor> make)
    {
        if (!_made.TryGetValue(name, out var tensor))
        {
            using var scope = NewDisposeScope();
            using var withGraph = set_grad_enabled(_hasGraph);
            _made[name] = tensor = make().MoveToOtherDisposeScope(_input.Logits);
        }

        return tensor.alias();
    }

    private Tensor OfSoftmax() => _input.Soft is { } soft
        ? ClassLosses.Weighted(LogProbability, soft).sum(1L).neg().ZeroWhere(_input.Ignored)
        : OfHardLabels(new(1, 0));

    private Tensor OfHardLabels(PixelFactors factors) => FusedPixels.Of(Logits, _input.Labels, factors).ZeroWhere(_input.Ignored);

    private Tensor OfSigmoid()
    {
        var truth = _input.Soft is { } soft
            ? ClassLosses.Weighted(LogSigmoid(1), soft).Plus(ClassLosses.Weighted(LogSigmoid(-1), ones_like(soft).sub(soft)))
            : TensorArithmetic.Choose(_input.Labels, Logits, Logits.neg()).LogSigmoid();
        return truth.neg().ZeroWhere(_input.Ignored).flatten(1);
    }

    /// <summary>log σ(z), or that of −z.</summary>
    private Tensor LogSigmoid(int sign) => (sign > 0 ? Logits : Logits.neg()).LogSigmoid();
}
