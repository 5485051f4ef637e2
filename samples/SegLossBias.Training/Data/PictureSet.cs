using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias.Training;

/// <summary>Pictures and foreground masks of one size, kept as bytes: two tensors for the whole set.</summary>
/// <param name="names">One name per picture.</param>
/// <param name="pixels">[N,C,H,W] uint8, C = 1 (grey) or 3 (RGB).</param>
/// <param name="masks">[N,H,W] uint8, 1 on the foreground and 0 elsewhere.</param>
internal sealed class PictureSet(IReadOnlyList<string> names, Tensor pixels, Tensor masks) : IDisposable
{
    public IReadOnlyList<string> Names => names;

    public int Count => names.Count;

    public int Channels => (int)pixels.shape[1];

    public int Size => (int)pixels.shape[3];

    /// <summary>Share of foreground pixels in each picture, 0 to 1.</summary>
    public double[] ForegroundProportions()
    {
        using var scope = NewDisposeScope();
        return masks.to(ScalarType.Float64).mean([1L, 2L]).cpu().data<double>().ToArray();
    }

    /// <summary>The network's input and the target of the pictures at <paramref name="indices"/>.</summary>
    /// <remarks>Each picture is scaled to mean 0 and standard deviation 1, all channels together.</remarks>
    public (Tensor Images, Tensor Targets) Batch(long[] indices)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(indices, device: pixels.device);
        var x = PictureInput.Normalise(pixels.index_select(0, rows).to(ScalarType.Float32));
        return (x.MoveToOuterDisposeScope(), masks.index_select(0, rows).MoveToOuterDisposeScope());
    }

    /// <summary>One picture as bytes [C,H,W] and its mask [H,W].</summary>
    public (byte[] Pixels, byte[] Mask) Picture(int index)
    {
        using var scope = NewDisposeScope();
        return (pixels[index].cpu().data<byte>().ToArray(), masks[index].cpu().data<byte>().ToArray());
    }

    public PictureSet To(Device device) =>
        new(names, pixels.to(device).DetachFromDisposeScope(), masks.to(device).DetachFromDisposeScope());

    public void Dispose()
    {
        pixels.Dispose();
        masks.Dispose();
    }
}

/// <summary>What is trained on and what is measured on.</summary>
/// <param name="Origin">Where the pictures come from and how they were split, for the reader of the results.</param>
internal sealed record DataSplits(PictureSet Train, PictureSet Validation, PictureSet? Test, string Origin) : IDisposable
{
    public DataSplits To(Device device) =>
        device.type == DeviceType.CPU ? this : new(Train.To(device), Validation.To(device), Test?.To(device), Origin);

    public void Dispose()
    {
        Train.Dispose();
        Validation.Dispose();
        Test?.Dispose();
    }
}
