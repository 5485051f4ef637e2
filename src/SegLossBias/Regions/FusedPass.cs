using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>One pass of a kernel: its inputs, its results, and how to run its gradient.</summary>
internal sealed class FusedPass : IFusedOutput
{
    private readonly SegmentationMode _mode;
    private readonly bool _checksLabels;
    private readonly RegionJob _job;
    private IReadOnlyList<(RegionStatistic Statistic, bool Background)>? _rows;

    private FusedPass(SegmentationInput input, RegionRequest request)
    {
        (Logits, var logits) = TensorMemory.Walkable(input.Logits, hasChannels: true);
        (Labels, var labels) = TensorMemory.Walkable(input.Labels, LabelsHaveChannels(input));
        (_mode, _checksLabels) = (input.Mode, input.ChecksLabels);
        _job = Job(logits, labels, input, request);
    }

    public Tensor Logits { get; }

    public Tensor Labels { get; }

    /// <summary>What each row of <see cref="Values"/> is.</summary>
    internal IReadOnlyList<(RegionStatistic Statistic, bool Background)> Rows => _rows ??=
        [.. _job.Request.Statistics.SelectMany(statistic => RegionStatistics.HasBackground(statistic, _mode)
            ? new[] { (statistic, false), (statistic, true) }
            : [(statistic, false)])];

    /// <summary>The statistics, float64 [rows,N,K], without a graph.</summary>
    public Tensor Values { get; private set; } = null!;

    internal Tensor TargetSize { get; private set; } = null!;

    internal Tensor ValidSize { get; private set; } = null!;

    internal string KernelName => RegionKernel.For(_job.Logits.Type).Name;

    /// <exception cref="ArgumentException">A label is neither a class nor the ignore index.</exception>
    internal static FusedPass Run(SegmentationInput input, RegionRequest request)
    {
        var (pass, results) = Gather(input, request);
        pass.Unpack(results);
        return pass;
    }

    /// <summary>A pass whose results are plain numbers; it has no <see cref="Values"/>.</summary>
    /// <exception cref="ArgumentException">A label is neither a class nor the ignore index.</exception>
    internal static (FusedPass Pass, RegionNumbers Numbers) RunForNumbers(SegmentationInput input, RegionRequest request)
    {
        var (pass, results) = Gather(input, request);
        return (pass, new RegionNumbers(results, pass._job, input.Mode));
    }

    private static (FusedPass Pass, double[] Results) Gather(SegmentationInput input, RegionRequest request)
    {
        var pass = new FusedPass(input, request);
        var results = new double[(long)pass._job.Images * pass._job.Results];
        var isGood = RegionKernel.For(pass._job.Logits.Type).Forward(pass._job, results);
        GC.KeepAlive(pass);
        if (!isGood && input.ChecksLabels)
        {
            // Names the label and where it is.
            _ = FlatInput.Of(input);
            throw new InvalidOperationException("the target changed while the loss was computed; do not write to it from another thread meanwhile.");
        }

        return (pass, results);
    }

    public Tensor Gradient(Tensor logits, Tensor labels, Tensor upstream)
    {
        var contiguous = upstream.contiguous();
        var packed = Pack(TensorMemory.Doubles(contiguous));
        GC.KeepAlive(contiguous);
        return Gradient(logits, labels, packed);
    }

    public Tensor Compose(Tensor logits, Tensor labels)
    {
        var composed = RegionPrimitive.Composed(InputOf(logits, labels));
        return stack(Rows.Select(row => composed.Compute(row.Statistic, row.Background)).ToArray());
    }

    /// <summary>The gradient with respect to the logits, from that of <see cref="RegionNumbers"/>.</summary>
    internal Tensor Gradient(Tensor logits, Tensor labels, double[] upstream)
    {
        var gradient = empty_like(logits);
        if (TensorMemory.View(gradient, hasChannels: true) is not { } target)
        {
            gradient = empty(logits.shape, logits.dtype);
            target = TensorMemory.View(gradient, hasChannels: true)!.Value;
        }

        HugePages.Default.Advise(target.Start, gradient.numel() * gradient.element_size());
        var request = Needed(upstream);
        var job = _job with
        {
            Request = request,
            Logits = TensorMemory.View(logits, hasChannels: true)!.Value,
            Labels = TensorMemory.View(labels, _mode == SegmentationMode.Multilabel)!.Value,
            Threads = get_num_threads(),
        };
        RegionKernel.For(job.Logits.Type).Backward(job, Narrow(upstream, request), target);
        GC.KeepAlive(logits);
        GC.KeepAlive(labels);
        return gradient;
    }

    /// <summary>The statistics that need a backward pass: those whose upstream gradient is not 0 everywhere, as that of a term with λ = 0 is.</summary>
    /// <param name="upstream">Laid out as the kernel wants it.</param>
    internal RegionRequest Needed(double[] upstream)
    {
        var statistics = _job.Request.Statistics;
        bool IsNeeded(int place) => Enumerable.Range(0, _job.Images).Any(image => RowsOf(upstream, _job, image, place).ContainsAnyExcept(0));
        var needed = Enumerable.Range(0, statistics.Count).Where(IsNeeded).Select(place => statistics[place]).ToArray();
        return needed.Length == statistics.Count ? _job.Request : new RegionRequest(needed);
    }

    /// <summary>The upstream gradient of fewer statistics.</summary>
    private double[] Narrow(double[] upstream, RegionRequest request)
    {
        if (request == _job.Request)
        {
            return upstream;
        }

        var job = _job with { Request = request };
        var narrow = new double[(long)job.Images * job.Results];
        for (var place = 0; place < request.Statistics.Count; place++)
        {
            for (var image = 0; image < job.Images; image++)
            {
                RowsOf(upstream, _job, image, _job.Request.PlaceOf(request.Statistics[place])).CopyTo(RowsOf(narrow, job, image, place));
            }
        }

        return narrow;
    }

    /// <summary>The numbers of an image that belong to a statistic, foreground and background.</summary>
    private static Span<double> RowsOf(double[] numbers, RegionJob job, int image, int place) =>
        numbers.AsSpan((image * job.Results) + (2 * place * job.Channels), 2 * job.Channels);

    /// <summary>The input of the forward pass again, from saved tensors.</summary>
    internal SegmentationInput InputOf(Tensor logits, Tensor labels) => new()
    {
        Logits = logits,
        Labels = labels,
        LabelShape = labels.shape,
        Mode = _mode,
        IgnoreIndex = _job.IgnoreIndex,
        ChecksLabels = _checksLabels,
        Pixels = _job.Pixels,
    };

    private static bool LabelsHaveChannels(SegmentationInput input) => input.Mode == SegmentationMode.Multilabel;

    private static RegionJob Job(PixelView logits, PixelView labels, SegmentationInput input, RegionRequest request)
    {
        var isTwoClass = input.Mode == SegmentationMode.Multiclass && input.Classes == 2 && request.OneVsRestFocal < 0;
        return new RegionJob
        {
            Logits = logits,
            Labels = labels,
            Images = checked((int)input.Images),
            Channels = checked((int)input.Classes),
            Pixels = input.Pixels,
            Mode = input.Mode != SegmentationMode.Multiclass ? KernelMode.Sigmoid : isTwoClass ? KernelMode.TwoClassSoftmax : KernelMode.Softmax,
            IgnoreIndex = input.IgnoreIndex,
            Request = request,
            Threads = get_num_threads(),
        };
    }

    private void Unpack(double[] results)
    {
        var (images, channels, places) = (_job.Images, _job.Channels, _job.Request.Statistics.Count);
        var isMulticlass = _mode == SegmentationMode.Multiclass;
        TargetSize = empty([images, channels], ScalarType.Float64);
        ValidSize = empty([images, isMulticlass ? 1 : channels], ScalarType.Float64);
        Values = empty([Rows.Count, images, channels], ScalarType.Float64);
        var targets = TensorMemory.Doubles(TargetSize);
        var valid = TensorMemory.Doubles(ValidSize);
        var values = TensorMemory.Doubles(Values);
        valid.Clear();
        for (var image = 0; image < images; image++)
        {
            for (var row = 0; row < Rows.Count; row++)
            {
                results.AsSpan(Offset(image, row), channels).CopyTo(values.Slice(((row * images) + image) * channels, channels));
            }

            var sizes = results.AsSpan((image * _job.Results) + (2 * places * channels), 2 * channels);
            sizes[..channels].CopyTo(targets.Slice(image * channels, channels));
            for (var k = 0; k < channels; k++)
            {
                valid[isMulticlass ? image : (image * channels) + k] += sizes[k] + (isMulticlass ? 0 : sizes[channels + k]);
            }
        }
    }

    private double[] Pack(ReadOnlySpan<double> upstream)
    {
        var (images, channels) = (_job.Images, _job.Channels);
        var packed = new double[(long)images * _job.Results];
        for (var row = 0; row < Rows.Count; row++)
        {
            for (var image = 0; image < images; image++)
            {
                upstream.Slice(((row * images) + image) * channels, channels).CopyTo(packed.AsSpan(Offset(image, row), channels));
            }
        }

        return packed;
    }

    /// <summary>Where the numbers of a row and an image stand among those of the kernel.</summary>
    private int Offset(int image, int row)
    {
        var (statistic, background) = Rows[row];
        return checked((image * _job.Results) + (((2 * _job.Request.PlaceOf(statistic)) + (background ? 1 : 0)) * _job.Channels));
    }
}
