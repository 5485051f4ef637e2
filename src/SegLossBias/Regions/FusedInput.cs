using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>A checked input as the kernels read it: logits and target whose pixels follow each other at one distance.</summary>
internal sealed class FusedInput
{
    private readonly SegmentationInput _input;

    internal FusedInput(SegmentationInput input)
    {
        var logits = PixelMemory.WithUniformPixelStride(input.Logits, hasChannels: true);
        var target = input.Target;
        for (var i = 0; i < target.Length; i++)
        {
            // Classes of instances are no pixels.
            target[i] = i == 0 ? Readable(target[i], logits.dtype, HasLabelChannels(input))
                : input.Instances is null || i < target.Length - 2 ? Readable(target[i], logits.dtype, hasChannels: true)
                : i == target.Length - 2 ? PixelMemory.WithUniformPixelStride(target[i], input.Mode == SegmentationMode.Multilabel)
                : target[i];
        }

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

    internal int InstanceCount => _input.InstanceCount;

    /// <summary>The class of each instance, [images, instances]; null where there are none. Read in forward alone.</summary>
    internal long[]? InstanceClasses => _input.Instances is { } instances ? instances.Classes.contiguous().data<long>().ToArray() : null;

    internal bool ChecksLabels => _input.ChecksLabels;

    internal string KernelName => RegionKernel.For(PixelMemory.TypeOf(Logits.dtype)).Name;

    /// <summary>The job of one pass.</summary>
    internal RegionJob Job(RegionRequest request) => Job(request, Logits, Target);

    /// <summary>The same job over tensors that libtorch saved for backward.</summary>
    internal RegionJob Job(RegionRequest request, Tensor logits, Tensor[] target)
    {
        var job = new RegionJob
        {
            Logits = PixelMemory.View(logits, hasChannels: true)!.Value,
            Labels = PixelMemory.View(target[0], HasLabelChannels(_input))!.Value,
            Images = Images,
            Channels = Classes,
            Pixels = _input.Pixels,
            Mode = KernelModeOf(request),
            IgnoreIndex = _input.IgnoreIndex,
            SoftTolerance = _input.SoftTolerance,
            Request = request,
            Threads = get_num_threads(),
        };
        return target.Length == 1 && !_input.IsSoft ? job : WithTarget(job, _input.With(logits, target));
    }

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

    /// <summary>The job with what there is beside hard labels.</summary>
    private static RegionJob WithTarget(RegionJob job, SegmentationInput input) => job with
    {
        Soft = input.IsSoft ? job.Labels : null,
        Weights = input.Weights is { } weights ? SharedByChannels(PixelMemory.View(weights, hasChannels: true)!.Value, weights.size(1)) : null,
        Maps = input.Maps.Where(map => job.Request.Statistics.Any(statistic => statistic.Map == map.Key))
            .ToDictionary(map => map.Key, map => PixelMemory.View(map.Value, hasChannels: true)!.Value),
        Instances = input.Instances is { } instances ? PixelMemory.View(instances.Numbers, input.Mode == SegmentationMode.Multilabel)!.Value : null,
        InstanceCount = input.InstanceCount,
    };

    /// <summary>
    /// A tensor of the target as a kernel reads it: its pixels follow each other at one distance, and floats are of a type that the
    /// kernel of such logits has.
    /// </summary>
    private static Tensor Readable(Tensor tensor, ScalarType logits, bool hasChannels)
    {
        var isDouble = logits == ScalarType.Float64;
        var isReadable = !tensor.is_floating_point() || isDouble == (tensor.dtype == ScalarType.Float64);
        return PixelMemory.WithUniformPixelStride(isReadable ? tensor : tensor.to(isDouble ? ScalarType.Float64 : ScalarType.Float32), hasChannels);
    }

    private static PixelView SharedByChannels(PixelView view, long channels) => channels == 1 ? view with { ChannelStride = 0 } : view;

    private static bool HasLabelChannels(SegmentationInput input) => input.IsSoft || input.Mode == SegmentationMode.Multilabel;

    private KernelMode KernelModeOf(RegionRequest request) =>
        Mode != SegmentationMode.Multiclass ? KernelMode.Sigmoid
        : Classes == 2 && request.OneVsRestFocal < 0 ? KernelMode.TwoClassSoftmax
        : KernelMode.Softmax;
}
