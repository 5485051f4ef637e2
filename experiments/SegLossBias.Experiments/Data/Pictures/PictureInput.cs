using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Data;

/// <summary>What a network is fed of pictures.</summary>
internal static class PictureInput
{
    /// <summary>Pictures of one shape as a batch [B,C,H,W] float32, 0 to 255, on a device.</summary>
    public static Tensor Stack(IEnumerable<Tensor> pictures, Device device)
    {
        using var scope = NewDisposeScope();
        return stack(pictures).to(device).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Scales pictures to what the weights of a network expect.</summary>
    /// <param name="images">[B,C,H,W], 0 to 255.</param>
    /// <param name="kind">
    /// Per picture: mean 0 and standard deviation 1 over all its channels; a standard deviation below 1 of 255 is not stretched.
    /// ImageNet: (x/255 − mean) / deviation, by channel.
    /// </param>
    public static Tensor Normalise(Tensor images, InputKind kind)
    {
        using var scope = NewDisposeScope();
        if (kind == InputKind.ImageNet)
        {
            return ((images - ByChannel(InputNormalisation.Mean, images.device)) / ByChannel(InputNormalisation.Deviation, images.device)).MoveToOuterDisposeScope();
        }

        var centred = images - images.mean([1L, 2L, 3L], keepdim: true);
        var deviation = centred.mul(centred).mean([1L, 2L, 3L], keepdim: true).sqrt().clamp_min(KeptScalars.One);
        return (centred / deviation).MoveToOuterDisposeScope();
    }

    private static Tensor ByChannel(float[] fractions, Device device) => tensor([.. fractions.Select(value => 255 * value)], [1, fractions.Length, 1, 1], device: device);
}
