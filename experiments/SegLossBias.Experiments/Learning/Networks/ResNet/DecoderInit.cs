using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>Initial weights of a decoder, as segmentation_models.pytorch has them.</summary>
internal static class DecoderInit
{
    /// <summary>
    /// Convolutions: uniform, Kaiming's for the inputs of a kernel. The last one: uniform, Glorot's. Normalisations begin as
    /// the identity, which TorchSharp's <c>GroupNorm</c> does not by itself: its memory is uninitialised.
    /// </summary>
    /// <param name="parts">All of the decoder but its last convolution.</param>
    /// <param name="logits">The last convolution.</param>
    /// <param name="slope">Of the leaky ReLU that Kaiming's bound is made for: 0 for a plain one.</param>
    public static void Apply(IEnumerable<Module> parts, Module logits, double slope)
    {
        foreach (var (name, parameter) in parts.SelectMany(part => part.named_parameters()))
        {
            if (parameter.Dimensions == 4)
            {
                init.kaiming_uniform_(parameter, a: slope, mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.LeakyReLU);
            }
            else if (name.EndsWith("bias", StringComparison.Ordinal))
            {
                init.zeros_(parameter);
            }
            else
            {
                init.ones_(parameter);
            }
        }

        foreach (var parameter in logits.parameters())
        {
            _ = parameter.Dimensions == 4 ? init.xavier_uniform_(parameter) : init.zeros_(parameter);
        }
    }
}
