using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// A few numbers per image n and class k from which every loss of the family is a formula. Each is a float64 tensor
/// [N,K] (K = 1 in binary mode) on the device of the logits, differentiable with respect to them.
/// </summary>
/// <remarks>
/// <code>
/// V_n  the pixels of image n that are not ignored          p = softmax(z) (multiclass), sigmoid(z) (binary, multilabel)
/// w_i  the weight of a pixel, 1 where there are none       y_ik  its label: 1 where y_i = k, else 0; or soft, in [0, 1]
/// T = Σ w y     P = Σ w p     Q = Σ w p(τ·z)     I = Σ w y p     C = Σ w y · −log p     F = Σ w y (1−p)^γ · −log p
/// </code>
/// and those of <see cref="RegionStatistic"/>; sums over i in V_n. With hard labels and no weights T counts pixels.
/// All are sums over pixels, so they add up over tiles and micro-batches. Sums of float16 and bfloat16 logits run in
/// float32. An image without valid pixels has zeros. After Liu et al., arXiv:2104.08717, Sec. 2.
/// </remarks>
public sealed class RegionStatistics : IDisposable
{
    private readonly IRegionPrimitive _primitive;
    private readonly IReadOnlyCollection<RegionStatistic> _declared;
    private readonly Dictionary<RegionStatistic, Tensor> _computed = [];
    private readonly bool _isBackground;
    private RegionStatistics? _background;
    private Tensor? _targetSize;

    internal RegionStatistics(SegmentationInput input, IReadOnlyCollection<RegionStatistic> declared)
        : this(RegionPrimitive.For(input, Allowed(declared, input)), declared, input.Mode, isBackground: false)
    {
    }

    private RegionStatistics(IRegionPrimitive primitive, IReadOnlyCollection<RegionStatistic> declared, SegmentationMode mode, bool isBackground)
    {
        _primitive = primitive;
        _declared = declared;
        _isBackground = isBackground;
        Mode = mode;
    }

    /// <summary>How the logits were read.</summary>
    public SegmentationMode Mode { get; }

    /// <summary>How the statistics were gathered: "composed" of tensor operations, or "fused" with the vectors it used.</summary>
    public string Implementation => _primitive.Implementation;

    /// <summary>|V| = Σ w, the pixels that are not ignored: [N,1], in multilabel mode [N,K].</summary>
    public Tensor ValidSize => _primitive.ValidSize;

    /// <summary>T = Σ w y, the true size in pixels, [N,K]. Has no gradient.</summary>
    public Tensor TargetSize => _targetSize ??= _isBackground ? ValidSize.sub(_primitive.TargetSize) : _primitive.TargetSize;

    /// <summary>I, the predicted mass inside the true region in pixels, [N,K]; 0 ≤ I ≤ min(P, T).</summary>
    public Tensor Overlap => Get(RegionStatistic.Overlap);

    /// <summary>C, the negative log-likelihood of the true region in nats, [N,K]; C ≥ 0.</summary>
    public Tensor NegativeLogLikelihood => Get(RegionStatistic.NegativeLogLikelihood);

    /// <summary>
    /// The same statistics of what is not the class: [N,K] with background for foreground. In binary and multilabel
    /// mode it has all of them; in multiclass mode its target and valid sizes and the one-vs-rest focal sum alone.
    /// </summary>
    public RegionStatistics Background => _isBackground
        ? throw new InvalidOperationException("These are the background's statistics already; read the class's own from the RegionStatistics they were taken from.")
        : _background ??= new RegionStatistics(_primitive, _declared, Mode, isBackground: true);

    /// <summary>The predicted size in pixels, [N,K], P for τ = 1 and Q else; 0 ≤ Q ≤ |V|.</summary>
    /// <param name="temperature">τ &gt; 0; multiplies the logits.</param>
    public Tensor PredictedSize(double temperature = 1) => Get(RegionStatistic.PredictedSize(temperature));

    /// <summary>Any statistic that was asked for, [N,K].</summary>
    /// <param name="statistic">Such as <c>RegionStatistic.PredictedPower(2)</c>.</param>
    public Tensor this[RegionStatistic statistic] => Get(statistic);

    /// <summary>F, the focal sum of the true region in nats, [N,K]; 0 ≤ F, and F ≤ C in softmax form.</summary>
    /// <param name="gamma">γ ≥ 0.</param>
    /// <param name="form">Softmax, or sigmoids of each channel.</param>
    /// <param name="smoothing">See <see cref="SegLossBias.Focal"/>.</param>
    public Tensor Focal(double gamma, FocalForm form, double smoothing = 0) => Get(RegionStatistic.Focal(gamma, form, smoothing));

    /// <summary>ŷ = (T+ε)/(|V|+ε), the true proportion of the region, [N,K]; 0 ≤ ŷ ≤ 1, without valid pixels ε/ε, and 0 for ε = 0.</summary>
    /// <param name="epsilon">ε ≥ 0 in pixels; the reference has 1e-10, the paper none.</param>
    public Tensor TargetProportion(double epsilon = 0) => Proportion(TargetSize, epsilon);

    /// <summary>p̂ = (Q+ε)/(|V|+ε), the predicted proportion of the region, [N,K]; 0 ≤ p̂ ≤ 1, without valid pixels ε/ε, and 0 for ε = 0.</summary>
    /// <param name="temperature">τ &gt; 0; multiplies the logits.</param>
    /// <param name="epsilon">ε ≥ 0 in pixels; the reference has 1e-10, the paper none.</param>
    public Tensor PredictedProportion(double temperature = 1, double epsilon = 0) => Proportion(PredictedSize(temperature), epsilon);

    /// <summary>Statistics outside of a loss, for a report or an analysis. Dispose the result.</summary>
    /// <param name="logits">[N,K,*], spatial rank 1 to 3.</param>
    /// <param name="target">Hard or soft labels as for the losses of this mode, by themselves or with weights and maps.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignoreIndex">The label of pixels to leave out.</param>
    /// <param name="statistics">What will be read, target and valid sizes apart.</param>
    /// <exception cref="ArgumentException">An input breaks the contract of the losses; the message says what to do.</exception>
    public static RegionStatistics Compute(Tensor logits, SegmentationTarget target, SegmentationMode mode, long? ignoreIndex, params RegionStatistic[] statistics) =>
        Compute(logits, target, statistics, mode, ignoreIndex is { } index ? [index] : []);

    /// <summary>The same where several labels are left out. Dispose the result.</summary>
    /// <param name="logits">[N,K,*], spatial rank 1 to 3.</param>
    /// <param name="target">Hard or soft labels as for the losses of this mode, by themselves or with weights and maps.</param>
    /// <param name="statistics">What will be read, target and valid sizes apart.</param>
    /// <param name="mode">How the logits are read.</param>
    /// <param name="ignoreIndices">The labels of pixels to leave out.</param>
    /// <exception cref="ArgumentException">An input breaks the contract of the losses; the message says what to do.</exception>
    public static RegionStatistics Compute(Tensor logits, SegmentationTarget target, IReadOnlyCollection<RegionStatistic> statistics, SegmentationMode mode, IReadOnlyList<long> ignoreIndices)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(ignoreIndices);
        using var scope = NewDisposeScope();
        var regions = new RegionStatistics(
            SegmentationInput.Of(logits, target, mode, IgnoredLabels.Of(null, ignoreIndices)).Read([.. statistics.Select(statistic => statistic.Map).OfType<string>().Distinct()], instances: false),
            statistics);
        foreach (var side in new[] { regions, regions.Background })
        {
            _ = side.TargetSize.MoveToOuterDisposeScope();
            foreach (var statistic in statistics.Distinct().Where(side.Has))
            {
                _ = side.Get(statistic).MoveToOuterDisposeScope();
            }
        }

        _ = regions.ValidSize.MoveToOuterDisposeScope();
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        return regions;
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        _background?.Dispose();
        ValidSize.Dispose();
        _targetSize?.Dispose();
        foreach (var tensor in _computed.Values)
        {
            tensor.Dispose();
        }
    }

    private bool Has(RegionStatistic statistic) => !_isBackground || statistic.HasBackground(Mode);

    private Tensor Get(RegionStatistic statistic)
    {
        if (_computed.TryGetValue(statistic, out var known))
        {
            return known;
        }

        if (!_declared.Contains(statistic))
        {
            throw new InvalidOperationException($"Only statistics that were passed to Compute can be read, but {statistic} was not; add it there.");
        }

        if (!Has(statistic))
        {
            throw new InvalidOperationException($"In multiclass mode the background of a class has only the one-vs-rest focal sum, and in no mode a map, but {statistic} was asked for; read the statistic of the classes instead.");
        }

        return _computed[statistic] = _primitive.Compute(statistic, _isBackground);
    }

    private static IReadOnlyCollection<RegionStatistic> Allowed(IReadOnlyCollection<RegionStatistic> statistics, SegmentationInput input)
    {
        foreach (var statistic in statistics)
        {
            statistic.EnsureDefined(input.Mode, input.Classes);
        }

        return statistics;
    }

    private Tensor Proportion(Tensor size, double epsilon)
    {
        using var scope = NewDisposeScope();
        var isEmpty = epsilon == 0 ? ValidSize.IsZero() : null;
        return size.Plus(epsilon).div(ValidSize.OneWhere(isEmpty).Plus(epsilon)).alias().MoveToOuterDisposeScope();
    }
}
