using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>A scene in guarded memory of a given type and layout, ready for a kernel.</summary>
internal sealed class KernelInput : IDisposable
{
    private readonly GuardedMemory _logits;
    private readonly GuardedMemory _labels;
    private readonly ScalarType _type;

    /// <param name="scene">What is to be read; its logits are rounded to the type.</param>
    /// <param name="ignoreIndex">The label of ignored pixels.</param>
    /// <param name="statistics">What is to be gathered.</param>
    /// <param name="type">The dtype of the logits.</param>
    /// <param name="labelType">The dtype of the labels.</param>
    /// <param name="channelsLast">Whether the channels of a pixel stand together, in labels too.</param>
    /// <param name="labelStride">From a label to the next, where they have no channels.</param>
    internal KernelInput(
        Scene scene,
        long? ignoreIndex,
        IReadOnlyList<RegionStatistic> statistics,
        ScalarType type = ScalarType.Float32,
        ScalarType labelType = ScalarType.Int64,
        bool channelsLast = false,
        int labelStride = 1)
    {
        using var scope = NewDisposeScope();
        var (images, channels, pixels) = (scene.Images, scene.Classes, scene.Pixels);
        var logits = tensor(scene.Logits, [images, channels, pixels]).to(type);
        Scene = scene with { Logits = Evaluation.Numbers(logits) };
        _type = type;
        _logits = GuardedMemory.Copy((channelsLast ? logits.permute(0, 2, 1) : logits).contiguous().bytes);
        var ofPixels = channelsLast
            ? (Image: channels * pixels, Channel: 1, Pixel: channels)
            : (Image: channels * pixels, Channel: pixels, Pixel: 1L);

        var isMultilabel = scene.Mode == SegmentationMode.Multilabel;
        var labels = tensor(scene.Labels, isMultilabel ? [images, channels, pixels] : [images, pixels]).to(labelType);
        var (image, channel, pixel) = isMultilabel ? ofPixels : (pixels * labelStride, 0, labelStride);
        _labels = GuardedMemory.Copy((isMultilabel && channelsLast ? labels.permute(0, 2, 1) : isMultilabel ? labels : labels.repeat_interleave(labelStride, 1)).contiguous().bytes);
        if (!isMultilabel && labelStride > 1)
        {
            // Nothing stands behind the last label.
            var used = _labels.Span[..^((labelStride - 1) * (int)labels.element_size())].ToArray();
            _labels.Dispose();
            _labels = GuardedMemory.Copy(used);
        }

        var request = new RegionRequest(statistics);
        var isTwoClass = scene.Mode == SegmentationMode.Multiclass && channels == 2 && request.OneVsRestFocal < 0;
        Oracle = new PlainStatistics(Scene with { Ignored = ignoreIndex }, statistics);
        Job = new RegionJob
        {
            Logits = new PixelView(_logits.Start, ElementOf(type), ofPixels.Image, ofPixels.Channel, ofPixels.Pixel),
            Labels = new PixelView(_labels.Start, ElementOf(labelType), image, channel, pixel),
            Images = (int)images,
            Channels = (int)channels,
            Pixels = pixels,
            Mode = scene.Mode != SegmentationMode.Multiclass ? KernelMode.Sigmoid : isTwoClass ? KernelMode.TwoClassSoftmax : KernelMode.Softmax,
            IgnoreIndex = ignoreIndex,
            Request = request,
            Threads = 1,
        };
    }

    internal Scene Scene { get; }

    internal RegionJob Job { get; }

    internal PlainStatistics Oracle { get; }

    /// <summary>The labels as they lie in memory.</summary>
    internal Span<byte> LabelBytes => _labels.Span;

    internal int Results => Job.Images * Job.Results;

    /// <summary>Random upstream gradients that float32 has exactly.</summary>
    internal double[] Upstream(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Results).Select(_ => (double)(float)((4 * random.NextDouble()) - 2))];
    }

    internal double[] Forward(RegionKernel kernel, out bool isGood)
    {
        var results = new double[Results];
        isGood = kernel.Forward(Job, results);
        return results;
    }

    /// <summary>The gradient in the order of the scene's logits.</summary>
    internal double[] Gradient(RegionKernel kernel, double[] upstream)
    {
        using var memory = new GuardedMemory(_logits.Bytes);
        kernel.Backward(Job, upstream, Job.Logits with { Start = memory.Start });
        memory.ShouldBeIntact(kernel.Name);
        using var scope = NewDisposeScope();
        var isChannelsLast = Job.Logits.ChannelStride == 1 && Job.Logits.PixelStride != 1;
        var gradient = empty(isChannelsLast ? [Job.Images, Job.Pixels, Job.Channels] : [Job.Images, Job.Channels, Job.Pixels], _type);
        memory.Span.CopyTo(gradient.bytes);
        return Evaluation.Numbers(isChannelsLast ? gradient.permute(0, 2, 1) : gradient);
    }

    public void Dispose()
    {
        _logits.Dispose();
        _labels.Dispose();
    }

    private static ElementType ElementOf(ScalarType type) => type switch
    {
        ScalarType.Bool => ElementType.Bool,
        ScalarType.Int8 => ElementType.Int8,
        ScalarType.Byte => ElementType.UInt8,
        ScalarType.Int16 => ElementType.Int16,
        ScalarType.Int32 => ElementType.Int32,
        ScalarType.Int64 => ElementType.Int64,
        ScalarType.Float16 => ElementType.Float16,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Float32 => ElementType.Float32,
        _ => ElementType.Float64,
    };
}
