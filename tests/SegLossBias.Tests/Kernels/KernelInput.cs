using SegLossBias.Tests.Oracles;
using SegLossBias.Tests.Support;

namespace SegLossBias.Tests.Kernels;

/// <summary>A scene in guarded memory of a given type and layout, ready for a kernel.</summary>
internal sealed class KernelInput : IDisposable
{
    private readonly KernelMemory _memory = new();
    private readonly ScalarType _type;

    /// <param name="scene">What is to be read; its logits are rounded to the type, soft labels, weights and maps to theirs.</param>
    /// <param name="ignoreIndex">The label of ignored pixels.</param>
    /// <param name="statistics">What is to be gathered.</param>
    /// <param name="type">The dtype of the logits.</param>
    /// <param name="labelType">The dtype of hard labels.</param>
    /// <param name="channelsLast">Whether the channels of a pixel stand together, in labels, weights and maps too.</param>
    /// <param name="labelStride">From a label, a weight or an instance to the next, where they have no channels.</param>
    /// <param name="softType">The dtype of soft labels, weights and maps; that in which the kernel calculates if none is given.</param>
    internal KernelInput(
        Scene scene,
        long? ignoreIndex,
        IReadOnlyList<RegionStatistic> statistics,
        ScalarType type = ScalarType.Float32,
        ScalarType labelType = ScalarType.Int64,
        bool channelsLast = false,
        int labelStride = 1,
        ScalarType? softType = null)
    {
        using var scope = NewDisposeScope();
        var (images, channels, pixels) = (scene.Images, scene.Classes, scene.Pixels);
        var floats = softType ?? (type == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        var isMultilabel = scene.Mode == SegmentationMode.Multilabel;
        _type = type;

        PixelView View(Tensor values) => values.dim() == 3 ? _memory.OfChannels(values, channelsLast) : _memory.OfPixels(values, labelStride);
        long[] ShapeOf(int length) => length == images * channels * pixels && (isMultilabel || channels > 1) ? [images, channels, pixels] : [images, pixels];

        var logits = tensor(scene.Logits, [images, channels, pixels]).to(type);
        var soft = scene.Soft is null ? null : tensor(scene.Soft, [images, channels, pixels]).to(floats);
        var weights = scene.Weights is null ? null : tensor(scene.Weights, ShapeOf(scene.Weights.Length)).to(floats);
        var maps = scene.Maps.ToDictionary(map => map.Key, map => tensor(map.Value, [images, channels, pixels]).to(floats));
        Scene = scene with
        {
            Logits = Evaluation.Numbers(logits),
            Soft = soft is null ? null : Evaluation.Numbers(soft),
            Weights = weights is null ? null : Evaluation.Numbers(weights),
            Maps = maps.ToDictionary(map => map.Key, map => Evaluation.Numbers(map.Value)),
        };
        var request = new RegionRequest(statistics);
        var isTwoClass = scene.Mode == SegmentationMode.Multiclass && channels == 2 && request.OneVsRestFocal < 0;
        Scene = Scene with { Ignored = ignoreIndex };
        Oracle = new PlainStatistics(Scene, statistics);
        Job = new RegionJob
        {
            Logits = _memory.OfChannels(logits, channelsLast),
            Labels = View(tensor(scene.Labels, isMultilabel ? [images, channels, pixels] : [images, pixels]).to(labelType)),
            Soft = soft is null ? null : _memory.OfChannels(soft, channelsLast),
            Weights = weights is null ? null : View(weights),
            Maps = maps.ToDictionary(map => map.Key, map => _memory.OfChannels(map.Value, channelsLast)),
            Instances = scene.InstanceCount == 0 ? null : View(tensor(Numbers(scene), ShapeOf(scene.Instances!.Length)).to(ScalarType.Int32)),
            InstanceCount = (int)scene.InstanceCount,
            Images = (int)images,
            Channels = (int)channels,
            Pixels = pixels,
            Mode = scene.Mode != SegmentationMode.Multiclass ? KernelMode.Sigmoid : isTwoClass ? KernelMode.TwoClassSoftmax : KernelMode.Softmax,
            IgnoreIndex = ignoreIndex,
            SoftTolerance = soft is not null && floats is ScalarType.Float16 or ScalarType.BFloat16 ? SoftLabelTolerance.Half : SoftLabelTolerance.Usual,
            Request = request,
            Threads = 1,
        };
    }

    internal Scene Scene { get; }

    internal RegionJob Job { get; init; }

    internal PlainStatistics Oracle { get; }

    /// <summary>How large what is added up is: the statistics with the map's numbers all positive, which may cancel in a sum; null where no map is read.</summary>
    internal double[]? Magnitudes()
    {
        if (Job.Request.Statistics.All(statistic => statistic.Map is null))
        {
            return null;
        }

        var maps = Scene.Maps.ToDictionary(map => map.Key, map => Array.ConvertAll(map.Value, Math.Abs));
        return new PlainStatistics(Scene with { Maps = maps }, Job.Request.Statistics).Values();
    }

    /// <summary>The labels as they lie in memory.</summary>
    internal Span<byte> LabelBytes => _memory.Of(Job.Labels).Span;

    internal int Results => Job.Images * Job.Results;

    /// <summary>Random upstream gradients that float32 has exactly.</summary>
    internal double[] Upstream(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Results).Select(_ => (double)(float)((4 * random.NextDouble()) - 2))];
    }

    internal double[] Forward(RegionKernel kernel, out bool isGood, int threads = 1)
    {
        var results = new double[Results];
        isGood = kernel.Forward(Job with { Threads = threads }, results);
        return results;
    }

    /// <summary>The gradient in the order of the scene's logits.</summary>
    internal double[] Gradient(RegionKernel kernel, double[] upstream, int threads = 1)
    {
        using var memory = new GuardedMemory(_memory.Of(Job.Logits).Bytes);
        kernel.Backward(Job with { Threads = threads }, upstream, Job.Logits with { Start = memory.Start });
        memory.ShouldBeIntact(kernel.Name);
        using var scope = NewDisposeScope();
        var isChannelsLast = Job.Logits.ChannelStride == 1 && Job.Logits.PixelStride != 1;
        var gradient = empty(isChannelsLast ? [Job.Images, Job.Pixels, Job.Channels] : [Job.Images, Job.Channels, Job.Pixels], _type);
        memory.Span.CopyTo(gradient.bytes);
        return Evaluation.Numbers(isChannelsLast ? gradient.permute(0, 2, 1) : gradient);
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>The instances as the library numbers them, of ignored pixels too.</summary>
    private static long[] Numbers(Scene scene)
    {
        var most = scene.Mode == SegmentationMode.Multilabel ? scene.Instances!.Max() : 0;
        return [.. scene.Instances!.Select((id, i) => id == 0 ? -1 : (i / scene.Pixels % scene.Classes * most) + id - 1)];
    }
}
