using TorchSharp;

namespace SegLossBias.Experiments.Tests.Support;

/// <summary>Reads tensors into arrays.</summary>
internal static class Tensors
{
    public static byte[] Bytes(this torch.Tensor tensor)
    {
        using var contiguous = tensor.contiguous();
        return contiguous.data<byte>().ToArray();
    }

    public static float[] Floats(this torch.Tensor tensor)
    {
        using var contiguous = tensor.contiguous();
        return contiguous.data<float>().ToArray();
    }
}
