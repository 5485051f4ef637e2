namespace SegLossBias;

/// <summary>Some regions of each image, and their statistics as formulas with a value for each image and region.</summary>
/// <remarks>
/// <code>
/// T = |{i : y_i = k}|       P = Σ p_ik       Q = Σ p_ik(τ·z)       I = Σ_{y_i=k} p_ik
/// C = Σ_{y_i=k} −log p_ik   F = Σ_{y_i=k} (1−p_ik)^γ · −log p_ik        sums over i in V_n, in pixels and nats
/// </code>
/// After Liu et al., arXiv:2104.08717, Sec. 2.
/// </remarks>
public sealed class RegionSet
{
    private readonly Regions _regions;
    private readonly int[] _columns;
    private readonly bool _isPooled;
    private readonly Dictionary<StatisticKey, Formula> _known = [];

    internal RegionSet(Regions regions, int[] columns, bool isPooled = false) => (_regions, _columns, _isPooled) = (regions, columns, isPooled);

    /// <summary>How many regions each image has here.</summary>
    public int Count => _columns.Length;

    /// <summary>T, the true size in pixels. Has no gradient.</summary>
    public Formula TargetSize => Get(new(null, TargetSizeKind.Region), "T");

    /// <summary>|V|, the pixels that are not ignored: of the image, in multilabel mode of the channel. Has no gradient.</summary>
    public Formula ValidSize => Get(new(null, TargetSizeKind.Valid), "|V|");

    /// <summary>I, the predicted mass inside the true region in pixels; 0 ≤ I ≤ min(P, T).</summary>
    public Formula Overlap => Get(new(RegionStatistic.Overlap), "I");

    /// <summary>C, the negative log-likelihood of the true region in nats; C ≥ 0.</summary>
    public Formula NegativeLogLikelihood => Get(new(RegionStatistic.NegativeLogLikelihood), "C");

    /// <summary>The predicted size in pixels, P for τ = 1 and Q else; 0 ≤ Q ≤ |V|.</summary>
    /// <param name="temperature">τ &gt; 0; multiplies the logits.</param>
    public Formula PredictedSize(double temperature = 1) => Get(new(RegionStatistic.PredictedSize(temperature)), temperature == 1 ? "P" : "Q");

    /// <summary>F, the focal sum of the true region in nats; 0 ≤ F, and F ≤ C in softmax form.</summary>
    /// <param name="gamma">γ ≥ 0.</param>
    /// <param name="form">Softmax, or sigmoids of each channel.</param>
    /// <param name="smoothing">See <see cref="SegLossBias.Focal"/>; multiclass softmax form only.</param>
    /// <exception cref="ArgumentException">The smoothing is given in another mode.</exception>
    public Formula Focal(double gamma, FocalForm form, double smoothing = 0)
    {
        if (smoothing != 0 && _regions.Mode != SegmentationMode.Multiclass)
        {
            throw new ArgumentException($"the smoothing of a focal sum belongs to multiclass mode, but the mode is {_regions.Mode}; leave it out.", nameof(smoothing));
        }

        return Get(new(RegionStatistic.Focal(gamma, form, smoothing)), "F");
    }

    /// <summary>ŷ = (T+ε)/(|V|+ε), the true proportion; 0 ≤ ŷ ≤ 1, without valid pixels ε/ε, and 0 for ε = 0.</summary>
    /// <param name="epsilon">ε ≥ 0 in pixels; the reference has 1e-10, the paper none.</param>
    public Formula TargetProportion(double epsilon = 0) => Proportion(TargetSize, epsilon).Named("ŷ");

    /// <summary>p̂ = (Q+ε)/(|V|+ε), the predicted proportion; 0 ≤ p̂ ≤ 1, without valid pixels ε/ε, and 0 for ε = 0.</summary>
    /// <param name="temperature">τ &gt; 0; multiplies the logits.</param>
    /// <param name="epsilon">ε ≥ 0 in pixels; the reference has 1e-10, the paper none.</param>
    public Formula PredictedProportion(double temperature = 1, double epsilon = 0) => Proportion(PredictedSize(temperature), epsilon).Named("p̂");

    /// <summary>The regions of some classes.</summary>
    /// <param name="classes">Which.</param>
    /// <exception cref="ArgumentException">A class is selected that the logits do not have.</exception>
    public RegionSet Only(ClassSelection classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        var selected = classes.Of(_regions.Channels);
        return selected.Length == _regions.Channels ? this : new(_regions, [.. _columns.Where(column => selected.Contains(column % _regions.Channels))], _isPooled);
    }

    /// <summary>The same regions with statistics of each image, or added up over the batch as if it were one image.</summary>
    /// <param name="pooling">Over what sums are taken.</param>
    public RegionSet Pooled(Pooling pooling) => SettingCheck.Defined(pooling, nameof(pooling)) == Pooling.Image ? this : new(_regions, _columns, isPooled: true);

    /// <summary>The weight of each region: that of its class; in binary mode the first of background, the second of foreground.</summary>
    /// <param name="weight">One for each class; null for 1.</param>
    /// <exception cref="ArgumentException">There are more or fewer weights than classes.</exception>
    public Formula Weights(ClassWeights? weight)
    {
        if (weight is null)
        {
            return new ConstantFormula([.. Enumerable.Repeat(1.0, Count)], "1");
        }

        var isBinary = _regions.Mode == SegmentationMode.Binary;
        weight.EnsureCount(isBinary ? 2 : _regions.Channels);
        return new ConstantFormula([.. _columns.Select(column => weight.Values[isBinary ? (column == 0 ? 1 : 0) : column % _regions.Channels])], "w");
    }

    /// <summary>The mean of a loss over these regions.</summary>
    /// <param name="losses">A value for each region.</param>
    /// <param name="absent">What a region without a pixel in the target counts. One whose loss is NaN counts, present or not.</param>
    public Formula MeanOverClasses(Formula losses, AbsentClass absent)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return SettingCheck.Defined(absent, nameof(absent)) switch
        {
            AbsentClass.Keep => losses.Where(ValidSize).Mean(Axis.Classes),
            AbsentClass.LeaveOut => losses.WhereCounted(TargetSize).Sum(Axis.Classes) / losses.IsCounted(TargetSize).Sum(Axis.Classes),
            _ => losses.WhereCounted(TargetSize).Mean(Axis.Classes),
        };
    }

    private Formula Proportion(Formula size, double epsilon) =>
        epsilon == 0 ? size / ValidSize : (size + Formula.Constant(epsilon, "ε")) / (ValidSize + Formula.Constant(epsilon, "ε"));

    private Formula Get(StatisticKey key, string symbol)
    {
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        if (key.Statistic is { } statistic && _columns.Any(column => column >= _regions.Channels) && !statistic.HasBackground(_regions.Mode))
        {
            throw new InvalidOperationException($"In multiclass mode the background of a class has only the one-vs-rest focal sum, but {statistic} was asked for; read the statistic of the other classes instead.");
        }

        Formula formula = new StatisticFormula(new StatisticSource(key.Statistic, key.Size, _columns, _regions.Mode, _regions.Channels), symbol);
        return _known[key] = _isPooled ? formula.Sum(Axis.Images) : formula;
    }

    private readonly record struct StatisticKey(RegionStatistic? Statistic, TargetSizeKind Size = TargetSizeKind.Region);
}
