using System.Collections;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace SegLossBias.Experiments.Learning;

/// <summary>Reads the weights of an encoder by torchvision's names: from the ImageNet network at hand, or from a file.</summary>
internal static class EncoderWeights
{
    /// <summary>The network of the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18, which the build copies beside the program.</summary>
    public static readonly string ImageNetFile = Path.Combine(AppContext.BaseDirectory, "Weights", "ResNet18.onnx");

    /// <param name="source">imagenet, or a .safetensors or .pth file.</param>
    /// <returns>They belong to the current dispose scope.</returns>
    /// <exception cref="UserError">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string source)
    {
        try
        {
            return source == ExperimentSettings.ImageNetWeights ? OnnxResNet18.Read(ImageNetFile)
                : !PlainFile.HasContent(source) ? throw new InvalidDataException($"the file {PlainFile.Otherwise}")
                : Path.GetExtension(source) is ".safetensors" ? SafeTensors.Read(source).Tensors
                : Path.GetExtension(source) is ".pth" or ".pt" ? ReadPickle(source)
                : throw new InvalidDataException("neither .safetensors nor .pth");
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UserError($"--encoder-weights: {source} cannot be read: {unreadable.Message}");
        }
    }

    private static Dictionary<string, Tensor> ReadPickle(string path)
    {
        Hashtable entries;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            entries = PyTorchUnpickler.UnpickleStateDict(stream, leaveOpen: true, skipTensorRead: false);
        }
        catch (Exception damaged) when (damaged is not (IOException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new InvalidDataException($"it is no state dict that torch.save wrote ({damaged.Message})");
        }

        return entries.Cast<DictionaryEntry>().ToDictionary(
            entry => (string)entry.Key,
            entry => entry.Value as Tensor ?? throw new InvalidDataException($"{entry.Key} is no tensor; save the state dict alone"));
    }
}
