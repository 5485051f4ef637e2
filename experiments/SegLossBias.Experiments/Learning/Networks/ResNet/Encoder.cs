using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias.Experiments.Learning;

/// <summary>Builds the encoder of the settings with its initial weights.</summary>
internal static class Encoder
{
    /// <summary>What a file may have beside the encoder's tensors: the classification that torchvision's networks end with.</summary>
    private const string Classification = "fc.";

    /// <summary>Counts batches; nothing depends on it, and not every source of weights has it.</summary>
    private const string BatchCounter = "num_batches_tracked";

    /// <exception cref="UserError">Weights that there are not, or none that could be meant.</exception>
    public static void Check(ExperimentSettings settings)
    {
        var (encoder, weights) = (settings.Encoder, settings.EncoderWeights);
        NetworkCheck.Ensure(encoder != EncoderKind.None || weights == ExperimentSettings.NoWeights, "--encoder-weights: there is no encoder; name one with --encoder");
        NetworkCheck.Ensure(
            weights != ExperimentSettings.ImageNetWeights || encoder == EncoderKind.ResNet18,
            $"--encoder-weights imagenet: they are at hand for ResNet18 alone; for {encoder} give a .safetensors or .pth file of torchvision's state dict, or none");
        NetworkCheck.Ensure(
            weights is ExperimentSettings.NoWeights or ExperimentSettings.ImageNetWeights || File.Exists(weights),
            $"--encoder-weights: there is no file {weights}; give imagenet, none, or a .safetensors or .pth file");
    }

    /// <exception cref="UserError">A tensor is missing, has another shape, or belongs to another network.</exception>
    public static ResNetEncoder Create(ExperimentSettings settings)
    {
        var encoder = new ResNetEncoder(settings.Encoder);
        if (settings.EncoderWeights != ExperimentSettings.NoWeights)
        {
            using var scope = NewDisposeScope();
            CopyInto(encoder, EncoderWeights.Read(settings.EncoderWeights), settings.EncoderWeights);
        }

        return encoder;
    }

    /// <param name="module">Whose tensors are overwritten.</param>
    /// <param name="weights">By name.</param>
    /// <param name="source">Where they are from, for errors.</param>
    public static void CopyInto(Module module, IReadOnlyDictionary<string, Tensor> weights, string source)
    {
        using var withoutGradient = no_grad();
        var own = module.state_dict();
        foreach (var (name, tensor) in own)
        {
            if (weights.TryGetValue(name, out var value))
            {
                Ensure(value.shape.SequenceEqual(tensor.shape), $"{name} has the shape [{string.Join(',', value.shape)}], not [{string.Join(',', tensor.shape)}]");
                tensor.copy_(value);
            }
            else
            {
                Ensure(name.EndsWith(BatchCounter, StringComparison.Ordinal), $"it has no {name}");
            }
        }

        var other = weights.Keys.FirstOrDefault(name => !own.ContainsKey(name) && !name.StartsWith(Classification, StringComparison.Ordinal));
        Ensure(other is null, $"it has {other}, which this encoder has not");

        void Ensure(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw new UserError($"--encoder-weights: {source} is not of this encoder: {otherwise}; name the --encoder it belongs to, or other weights");
            }
        }
    }
}
