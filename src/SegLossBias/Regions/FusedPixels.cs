using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// The numbers of <see cref="PixelFactors"/> for each pixel of exclusive classes with hard labels, [N,V]: from one pass over the memory of the
/// CPU that keeps nothing of the size of the logits, or composed of tensor operations elsewhere.
/// </summary>
internal sealed class FusedPixels : INodeFunction
{
    private readonly PixelFactors _factors;

    /// <param name="logits">[N,K,V], pixels at one distance.</param>
    /// <param name="labels">int64 [N,V], each a class.</param>
    /// <param name="factors">What a pixel has.</param>
    private FusedPixels(Tensor logits, Tensor labels, PixelFactors factors)
    {
        (Logits, Target, _factors) = (logits, [labels], factors);
        Output = empty([logits.shape[0], logits.shape[2]], logits.dtype, logits.device);
        if (!RegionKernel.For(PixelMemory.TypeOf(logits.dtype)).Pixels(Job(logits, labels), factors, PixelMemory.View(Output, hasChannels: false)!.Value))
        {
            throw new InvalidOperationException("the target changed while the loss was computed; do not write to it from another thread meanwhile.");
        }

        GC.KeepAlive(logits);
        GC.KeepAlive(labels);
    }

    public Tensor Logits { get; }

    public Tensor[] Target { get; }

    public Tensor Output { get; }

    /// <summary>The numbers, connected to the graph.</summary>
    /// <param name="logits">[N,K,V], float32 or float64.</param>
    /// <param name="labels">int64 [N,V], each a class; where pixels are ignored any.</param>
    /// <param name="factors">What a pixel has.</param>
    internal static Tensor Of(Tensor logits, Tensor labels, PixelFactors factors) => RegionPrimitive.IsFused(logits)
        ? GraphNode.Apply(new FusedPixels(PixelMemory.WithUniformPixelStride(logits, hasChannels: true), PixelMemory.WithUniformPixelStride(labels, hasChannels: false), factors))
        : Composed(logits, labels, factors);

    public Tensor Gradient(Tensor logits, Tensor[] target, Tensor upstream)
    {
        var contiguous = upstream.contiguous();
        var gradient = empty_like(logits);
        if (PixelMemory.View(gradient, hasChannels: true) is not { } memory)
        {
            gradient = empty(logits.shape, logits.dtype, logits.device);
            memory = PixelMemory.View(gradient, hasChannels: true)!.Value;
        }

        HugePages.Default.Advise(memory.Start, gradient.numel() * gradient.element_size());
        RegionKernel.For(PixelMemory.TypeOf(logits.dtype))
            .PixelGradient(Job(logits, target[0]), _factors, PixelMemory.View(contiguous, hasChannels: false)!.Value, memory);
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        GC.KeepAlive(contiguous);
        return gradient;
    }

    public Tensor Recompute(Tensor logits, Tensor[] target) => Composed(logits, target[0], _factors);

    private static Tensor Composed(Tensor logits, Tensor labels, PixelFactors factors)
    {
        var focal = factors.OfFocal is null ? null : Focal(logits, labels, factors.OfFocal);
        if (!factors.HasLogs)
        {
            return focal ?? zeros([logits.shape[0], logits.shape[2]], logits.dtype, logits.device).ConnectedTo(logits);
        }

        var logProbability = nn.functional.log_softmax(logits, 1);
        var ofTruth = logits.device_type == DeviceType.META
            ? logProbability.gather(1, labels.unsqueeze(1)).squeeze(1).neg() // nll_loss has no kernel there.
            : nn.functional.nll_loss(logProbability, labels, reduction: nn.Reduction.None);
        var logs = ofTruth.Times(factors.OfTruth);
        logs = factors.OfAll == 0 ? logs : logs.Plus(logProbability.sum(1L).Times(-factors.OfAll)); // Not −log p of all classes: that would be as large as the logits.
        return focal is null ? logs : logs.Plus(focal);
    }

    private static Tensor Focal(Tensor logits, Tensor labels, double[] factors)
    {
        Tensor Row(int first) => tensor(factors[first..(first + (factors.Length / 2))], [1, factors.Length / 2, 1], logits.dtype, logits.device);
        var index = labels.unsqueeze(1);
        var isTruth = zeros(logits.shape, ScalarType.Bool, logits.device).scatter_(1, index, ones([1, 1, 1], ScalarType.Bool, logits.device).expand_as(index));
        var truth = TensorArithmetic.Choose(isTruth, logits, logits.neg());
        var terms = ComposedSigmoidRegions.Value(RegionStatistic.Focal(PixelFactors.Gamma, FocalForm.OneVsRest), truth, logits.shape[1]);
        return terms.mul(TensorArithmetic.Choose(isTruth, Row(0), Row(factors.Length / 2))).sum(1L);
    }

    private static RegionJob Job(Tensor logits, Tensor labels) => new()
    {
        Logits = PixelMemory.View(logits, hasChannels: true)!.Value,
        Labels = PixelMemory.View(labels, hasChannels: false)!.Value,
        Images = checked((int)logits.shape[0]),
        Channels = checked((int)logits.shape[1]),
        Pixels = logits.shape[2],
        Mode = KernelMode.Softmax,
        IgnoreIndex = null,
        Request = new RegionRequest([RegionStatistic.NegativeLogLikelihood]),
        Threads = get_num_threads(),
    };
}
