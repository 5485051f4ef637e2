using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The losses of single pixels, for a <see cref="PixelTerm"/>: [N, V], in multilabel mode [N, K·V], an entry for each pixel and channel.</summary>
public sealed class Pixels
{
    private readonly FlatInput _input;
    private readonly Tensor _isValid;
    private readonly Tensor _negativeLogLikelihood;

    internal Pixels(SegmentationInput input)
    {
        _input = FlatInput.Of(input);
        Mode = input.Mode;
        var like = _input.Labels;
        _isValid = (_input.Ignored?.bitwise_not() ?? ones(like.shape, ScalarType.Bool, like.device)).flatten(1);
        ValidCount = _input.Ignored is null ? _isValid.numel() : null;
        _negativeLogLikelihood = Mode == SegmentationMode.Multiclass ? OfSoftmax() : OfSigmoid();
    }

    /// <summary>How the logits are read.</summary>
    public SegmentationMode Mode { get; }

    /// <summary>True at pixels that are not ignored. Each read gives a handle of its own.</summary>
    public Tensor IsValid => _isValid.alias();

    /// <summary>How many of the batch these are, where that is known without waiting for a device: when none is ignored.</summary>
    internal long? ValidCount { get; }

    /// <summary>−log p of the true class in nats, ≥ 0, differentiable; 0 where ignored. float32, or float64 for float64 logits. Each read gives a handle of its own.</summary>
    public Tensor NegativeLogLikelihood => _negativeLogLikelihood.alias();

    private Tensor OfSoftmax()
    {
        var logits = _input.Logits.ZeroWhere(_input.Ignored?.unsqueeze(1));
        var trueClass = nn.functional.log_softmax(logits, 1).gather(1, _input.Labels.unsqueeze(1)).squeeze(1);
        return trueClass.neg().ZeroWhere(_input.Ignored);
    }

    private Tensor OfSigmoid()
    {
        var logits = _input.Logits.ZeroWhere(_input.Ignored);
        var towardsTruth = TensorArithmetic.Choose(_input.Labels, logits, logits.neg());
        return towardsTruth.LogSigmoid().neg().ZeroWhere(_input.Ignored).flatten(1);
    }
}
