using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A checked input as the kernels read it: logits and labels whose pixels follow each other at one distance.</summary>
internal sealed class FusedInput
{
    private readonly SegmentationInput _input;

    internal FusedInput(SegmentationInput input)
    {
        var logits = PixelMemory.WithUniformPixelStride(input.Logits, hasChannels: true);
        var target = Array.ConvertAll(input.Target, tensor => tensor);
        target[0] = PixelMemory.WithUniformPixelStride(input.Labels, HasChannels(input));
        _input = input.With(logits, target);

        // Backward runs when the tensors of the call have been disposed.
        (Images, Classes) = (checked((int)input.Images), checked((int)input.Classes));
    }

    internal static bool Supports(SegmentationInput input) => input.Logits.device_type == DeviceType.CPU && input.Logits.numel() > 0;

    /// <summary>Connected to the graph.</summary>
    internal Tensor Logits => _input.Logits;

    /// <summary>The other tensors.</summary>
    internal Tensor[] Target => _input.Target;

    internal SegmentationMode Mode => _input.Mode;

    internal int Images { get; }

    internal int Classes { get; }

    /// <summary>Numbers of a row of statistics: foregrounds, backgrounds and instances.</summary>
    internal int RowLength => (2 * Classes) + _input.InstanceCount;

    internal string KernelName => RegionKernel.For(PixelMemory.TypeOf(Logits.dtype)).Name;

    /// <summary>The job of one pass.</summary>
    internal RegionJob Job(RegionRequest request) => Job(request, Logits, _input.Labels);

    /// <summary>The same job over tensors that libtorch saved for backward.</summary>
    internal RegionJob Job(RegionRequest request, Tensor logits, Tensor[] target) => Job(request, logits, target[0]);

    /// <summary>The checked input again, from tensors that libtorch saved.</summary>
    internal SegmentationInput With(Tensor logits, Tensor[] target) => _input.With(logits, target);

    /// <summary>Names a wrong label that a kernel has met.</summary>
    /// <exception cref="ArgumentException">A label is neither a class nor the ignore index.</exception>
    internal void ThrowAtWrongLabel()
    {
        if (_input.ChecksLabels)
        {
            _ = FlatInput.Of(_input);
            throw new InvalidOperationException("the target changed while the loss was computed; do not write to it from another thread meanwhile.");
        }
    }

    private RegionJob Job(RegionRequest request, Tensor logits, Tensor labels) => new()
    {
        Logits = PixelMemory.View(logits, hasChannels: true)!.Value,
        Labels = PixelMemory.View(labels, HasChannels(_input))!.Value,
        Images = Images,
        Channels = Classes,
        Pixels = _input.Pixels,
        Mode = KernelModeOf(request),
        IgnoreIndex = _input.IgnoreIndex,
        Request = request,
        Threads = get_num_threads(),
    };

    private static bool HasChannels(SegmentationInput input) => input.Mode == SegmentationMode.Multilabel;

    private KernelMode KernelModeOf(RegionRequest request) =>
        Mode != SegmentationMode.Multiclass ? KernelMode.Sigmoid
        : Classes == 2 && request.OneVsRestFocal < 0 ? KernelMode.TwoClassSoftmax
        : KernelMode.Softmax;
}
