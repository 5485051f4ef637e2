using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Contract;

/// <summary>Inputs and calls that the contract tests share.</summary>
internal static class Given
{
    /// <summary>Channels of the logits of <see cref="Scenes.Usual"/>.</summary>
    internal static long Channels(SegmentationMode mode) => mode == SegmentationMode.Binary ? 1 : 3;

    /// <summary>Good logits and labels of this mode, [2, K, 4, 5].</summary>
    internal static (Tensor Logits, Tensor Target) Inputs(SegmentationMode mode, ScalarType dtype = ScalarType.Float32)
    {
        var scene = Scenes.Usual(mode);
        return (scene.LogitsTensor(dtype), scene.TargetTensor());
    }

    /// <summary>All-zero labels in the shape that the mode wants for logits of this shape.</summary>
    internal static Tensor BackgroundFor(SegmentationMode mode, long[] shape) =>
        zeros(mode == SegmentationMode.Multilabel ? shape : [shape[0], .. shape[2..]], ScalarType.Int64);

    /// <summary>The call as an action that can be expected to throw.</summary>
    internal static Action Call(SegmentationLoss loss, Tensor logits, Tensor target) => () => loss.call(logits, target);
}
