using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>The probabilities of one image as plain memory, with its labels. Its tensors live in the dispose scope of the call that made it.</summary>
internal sealed class ProbabilityPlanes
{
    private readonly Tensor _probabilities;
    private readonly bool[]? _ignored;
    private readonly bool[]? _members;
    private readonly long[]? _labels;

    /// <param name="input">The batch.</param>
    /// <param name="image">Which image.</param>
    /// <param name="areLogits">Whether softmax or sigmoid are still to come.</param>
    internal ProbabilityPlanes(FlatInput input, long image, bool areLogits)
    {
        var one = input.Logits.select(0, image).to(ScalarType.Float64);
        _probabilities = (!areLogits ? one : input.IsExclusive ? one.softmax(0) : one.sigmoid()).cpu().contiguous();
        _ignored = input.Ignored?.select(0, image).cpu().contiguous().data<bool>().ToArray();
        var labels = input.Labels.select(0, image).cpu().contiguous();
        _labels = input.IsExclusive ? labels.data<long>().ToArray() : null;
        _members = input.IsExclusive ? null : labels.data<bool>().ToArray();
        Pixels = (int)input.Pixels;
    }

    internal int Pixels { get; }

    /// <summary>[K,V], row-major.</summary>
    internal ReadOnlySpan<double> Values => TensorMemory.Doubles(_probabilities);

    internal bool IsIgnored(int @class, int pixel) => _ignored is not null && _ignored[_labels is null ? (@class * Pixels) + pixel : pixel];

    internal bool IsTrue(int @class, int pixel) => _labels is null ? _members![(@class * Pixels) + pixel] : _labels[pixel] == @class;
}
