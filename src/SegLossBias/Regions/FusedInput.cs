using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A checked input as the kernels read it: logits and labels whose pixels follow each other at one distance.</summary>
internal sealed class FusedInput
{
    private readonly SegmentationInput _input;

    internal FusedInput(SegmentationInput input)
    {
        _input = input;
        (Logits, var logits) = PixelMemory.WithUniformPixelStride(input.Logits, hasChannels: true);
        (Labels, var labels) = PixelMemory.WithUniformPixelStride(input.Labels, LabelsHaveChannels);
        (LogitsView, LabelsView) = (logits, labels);

        // Backward runs when the tensors of the call have been disposed.
        (Images, Classes) = (checked((int)input.Images), checked((int)input.Classes));
    }

    internal static bool Supports(SegmentationInput input) => input.Logits.device_type == DeviceType.CPU && input.Logits.numel() > 0;

    /// <summary>Connected to the graph.</summary>
    internal Tensor Logits { get; }

    internal Tensor Labels { get; }

    internal PixelView LogitsView { get; }

    internal PixelView LabelsView { get; }

    internal SegmentationMode Mode => _input.Mode;

    internal int Images { get; }

    internal int Classes { get; }

    internal string KernelName => RegionKernel.For(LogitsView.Type).Name;

    /// <summary>The job of one pass.</summary>
    internal RegionJob Job(RegionRequest request) => new()
    {
        Logits = LogitsView,
        Labels = LabelsView,
        Images = Images,
        Channels = Classes,
        Pixels = _input.Pixels,
        Mode = KernelModeOf(request),
        IgnoreIndex = _input.IgnoreIndex,
        Request = request,
        Threads = get_num_threads(),
    };

    /// <summary>The same job over tensors that libtorch saved for backward.</summary>
    internal RegionJob Job(RegionRequest request, Tensor logits, Tensor labels) => Job(request) with
    {
        Logits = PixelMemory.View(logits, hasChannels: true)!.Value,
        Labels = PixelMemory.View(labels, LabelsHaveChannels)!.Value,
    };

    /// <summary>The checked input again, from tensors that libtorch saved.</summary>
    internal SegmentationInput With(Tensor logits, Tensor labels) => new()
    {
        Logits = logits,
        Labels = labels,
        LabelShape = labels.shape,
        Mode = Mode,
        IgnoreIndex = _input.IgnoreIndex,
        ChecksLabels = _input.ChecksLabels,
        Pixels = _input.Pixels,
    };

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

    private bool LabelsHaveChannels => Mode == SegmentationMode.Multilabel;

    private KernelMode KernelModeOf(RegionRequest request) =>
        Mode != SegmentationMode.Multiclass ? KernelMode.Sigmoid
        : Classes == 2 && request.OneVsRestFocal < 0 ? KernelMode.TwoClassSoftmax
        : KernelMode.Softmax;
}
