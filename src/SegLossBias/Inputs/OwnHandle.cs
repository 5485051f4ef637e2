using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// A handle of the library's own on a tensor of the caller, taken before anything else reads it: another thread may dispose
/// the caller's while native code still works on the memory. It is one short native call and leaves no trace in a graph.
/// </summary>
internal static class OwnHandle
{
    /// <exception cref="ArgumentException">The tensor has been disposed.</exception>
    internal static Tensor On(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        try
        {
            if (!tensor.IsInvalid)
            {
                var own = tensor.alias();

                // Its finalizer must not free what the native call reads.
                GC.KeepAlive(tensor);
                return own;
            }
        }
        catch (InvalidOperationException) when (tensor.IsInvalid)
        {
            // Disposed after it was looked at.
        }

        throw new ArgumentException($"{name} must be a live tensor, but it has been disposed; keep it in scope until the call has returned.", name);
    }
}
