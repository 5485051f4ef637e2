using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>What logits say of each pixel: [K, *] by softmax, [1, *] by a sigmoid, whose classes are background and foreground.</summary>
internal static class Prediction
{
    /// <returns>[*] int64, the most probable class.</returns>
    public static Tensor Classes(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (IsBinary(logits) ? logits[0].gt(KeptScalars.Zero).to(ScalarType.Int64) : logits.argmax(0)).MoveToOuterDisposeScope();
    }

    /// <returns>[K, *], the probability of each class; K is 2 for a single logit.</returns>
    public static Tensor Probabilities(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (IsBinary(logits) ? cat([(-logits).sigmoid(), logits.sigmoid()], 0) : logits.softmax(0)).MoveToOuterDisposeScope();
    }

    private static bool IsBinary(Tensor logits) => logits.shape[0] == 1;
}
