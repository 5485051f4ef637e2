using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Checks what a user's own code returns inside a call, before an operation meets it.</summary>
internal static class UserTensor
{
    /// <param name="result">What the code returned.</param>
    /// <param name="whose">The code, as the subject of a sentence.</param>
    /// <param name="device">Where the numbers are that the code was given.</param>
    /// <exception cref="InvalidOperationException">It is not a live, dense tensor of floats on that device.</exception>
    internal static Tensor Checked(Tensor? result, string whose, Device device)
    {
        var fault = result is null ? "return a tensor, but it returned null."
            : result.IsInvalid ? "return a live tensor, but its result has been disposed; leave that to the loss."
            : !result.is_floating_point() ? $"return float32 or float64 numbers, but its result is {result.dtype}; convert it with .to(torch.float32)."
            : result.is_sparse ? "return a dense tensor, but its result is sparse; call to_dense() first."
            : result.device_type != device.type || result.device_index != device.index ? $"return a tensor on {device}, as those it is given, but its result is on {result.device}; move it with .to(logits.device)."
            : null;
        return fault is null ? result! : throw new InvalidOperationException($"{whose} must {fault}");
    }
}
