namespace SegLossBias;

/// <summary>Some regions of each image, and their statistics as formulas with a value for each image and region.</summary>
/// <remarks>
/// <code>
/// T = Σ w y              P = Σ w p             Q = Σ w p(τ·z)          I = Σ w y p
/// C = Σ w y · −log p     F = Σ w y (1−p)^γ · −log p                    sums over i in V_n, in pixels and nats
/// Pq = Σ w p^q           Iq = Σ w y p^q        Cγ = Σ w y (−log p)^γ   Tq = Σ w y²
/// U = Σ w · −log p       Δ = Σ w |p − y|       M = Σ w φ p             with p_ik, y_ik, φ_ik and w_i
/// N_j = Σ w y_ij p_ik
/// </code>
/// With hard labels and no weights T counts pixels and sums with y run over the true region.
/// After Liu et al., arXiv:2104.08717, Sec. 2.
/// </remarks>
public sealed partial class RegionSet
{
    private readonly Regions _regions;
    private readonly int[] _columns;
    private readonly bool _isPooled;
    private readonly Dictionary<StatisticKey, Formula> _known = [];

    internal RegionSet(Regions regions, int[] columns, bool isPooled = false) => (_regions, _columns, _isPooled) = (regions, columns, isPooled);

    /// <summary>How many regions each image has here.</summary>
    public int Count => _columns.Length;

    /// <summary>T = Σ w y, the true size in pixels. Has no gradient.</summary>
    public Formula TargetSize => Get(new(null, TargetSizeKind.Region), "T");

    /// <summary>|V| = Σ w, the pixels that are not ignored: of the image, in multilabel mode of the channel. Has no gradient.</summary>
    public Formula ValidSize
    {
        get
        {
            EnsureOfClasses("the valid size");
            return Get(new(null, TargetSizeKind.Valid), "|V|");
        }
    }

    /// <summary>I, the predicted mass inside the true region in pixels; 0 ≤ I ≤ min(P, T).</summary>
    public Formula Overlap => Get(new(RegionStatistic.Overlap), "I");

    /// <summary>C, the negative log-likelihood of the true region in nats; C ≥ 0.</summary>
    public Formula NegativeLogLikelihood => Get(new(RegionStatistic.NegativeLogLikelihood), "C");

    /// <summary>The predicted size in pixels, P for τ = 1 and Q else; 0 ≤ Q ≤ |V|.</summary>
    /// <param name="temperature">τ &gt; 0; multiplies the logits.</param>
    public Formula PredictedSize(double temperature = 1) => Get(new(RegionStatistic.PredictedSize(temperature)), temperature == 1 ? "P" : "Q");

    /// <summary>Tq = Σ w y², the true size with its labels squared; T where labels are not soft. Has no gradient.</summary>
    public Formula TargetSquare => Get(new(RegionStatistic.TargetSquare), "Tq");

    /// <summary>U = Σ w · −log p over all pixels, whatever their label, in nats; U ≥ C.</summary>
    public Formula NegativeLogEverywhere => Get(new(RegionStatistic.NegativeLogEverywhere), "U");

    /// <summary>Δ = Σ w |p − y|, in pixels; P + T − 2I with hard labels.</summary>
    public Formula Difference => Get(new(RegionStatistic.Difference), "Δ");

    /// <summary>Pq = Σ w p^q over all pixels.</summary>
    /// <param name="exponent">q &gt; 0.</param>
    public Formula PredictedPower(double exponent) => Get(new(RegionStatistic.PredictedPower(exponent)), "Pq");

    /// <summary>Iq = Σ w y p^q.</summary>
    /// <param name="exponent">q &gt; 0.</param>
    public Formula OverlapPower(double exponent) => Get(new(RegionStatistic.OverlapPower(exponent)), "Iq");

    /// <summary>Cγ = Σ w y (−log p)^γ.</summary>
    /// <param name="exponent">γ &gt; 0.</param>
    public Formula NegativeLogPower(double exponent) => Get(new(RegionStatistic.NegativeLogPower(exponent)), "Cγ");

    /// <summary>M = Σ w φ p with a map φ of the target, in pixels times the unit of the map. Backgrounds have none.</summary>
    /// <param name="map">The name that <see cref="SegmentationTarget.WithMap(string, TorchSharp.torch.Tensor)"/> gave the map.</param>
    public Formula MapSum(string map) => Get(new(RegionStatistic.MapSum(map)), "M");

    /// <summary>
    /// N_j = Σ w y_ij p_ik, row j of the confusion matrix of probabilities: what is predicted as each class where class j is true, in
    /// pixels; 0 ≤ N_j ≤ T_j. Multiclass mode alone.
    /// </summary>
    /// <param name="trueClass">j.</param>
    /// <exception cref="ArgumentException">The mode is another, or the logits have no such class.</exception>
    public Formula Confusion(long trueClass) => Get(new(RegionStatistic.Confusion(trueClass)), $"N{FormulaText.Subscript(trueClass)}");

    /// <summary>F, the focal sum of the true region in nats; 0 ≤ F, and F ≤ C in softmax form.</summary>
    /// <param name="gamma">γ ≥ 0.</param>
    /// <param name="form">Softmax, or sigmoids of each channel.</param>
    /// <param name="smoothing">See <see cref="SegLossBias.Focal"/>; multiclass softmax form only.</param>
    /// <exception cref="ArgumentException">The smoothing is given in another mode.</exception>
    public Formula Focal(double gamma, FocalForm form, double smoothing = 0) => Get(new(RegionStatistic.Focal(gamma, form, smoothing)), "F");

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
        EnsureOfClasses("a selection of classes");
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
        EnsureOfClasses("a weight for each class");
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
    public Formula MeanOverClasses(Formula losses, AbsentClass absent) => MeanOverClasses(losses, absent, TargetSize);

    /// <summary>The same where something else than a true size tells that a region is present.</summary>
    internal Formula MeanOverClasses(Formula losses, AbsentClass absent, Formula present)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return SettingCheck.Defined(absent, nameof(absent)) switch
        {
            AbsentClass.Keep => losses.Where(ValidSize).Mean(Axis.Classes),
            AbsentClass.LeaveOut => losses.WhereCounted(present).Sum(Axis.Classes) / losses.IsCounted(present).Sum(Axis.Classes),
            _ => losses.WhereCounted(present).Mean(Axis.Classes),
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

        if (key.Statistic is { } statistic)
        {
            statistic.EnsureDefined(_regions.Mode, _regions.Channels);
            EnsureHas(statistic);
        }

        Formula formula = new StatisticFormula(new StatisticSource(key.Statistic, key.Size, _columns, _regions.Mode, _regions.Channels), symbol);
        return _known[key] = _isPooled ? formula.Sum(Axis.Images) : formula;
    }

    private bool IsOfInstances => _columns[0] >= 2 * _regions.Channels;

    private void EnsureHas(RegionStatistic statistic)
    {
        if (IsOfInstances)
        {
            if (statistic != RegionStatistic.Overlap && statistic != RegionStatistic.PredictedSize())
            {
                throw new InvalidOperationException($"Instances have an overlap, a true size and a predicted size with τ = 1, but {statistic} was asked for; read it from regions.Foreground.");
            }
        }
        else if (_columns.Any(column => column >= _regions.Channels) && !statistic.HasBackground(_regions.Mode))
        {
            throw new InvalidOperationException(_regions.Mode == SegmentationMode.Multiclass
                ? $"In multiclass mode the background of a class has only the one-vs-rest focal sum, but {statistic} was asked for; read the statistic of the other classes instead."
                : $"A map belongs to the class and not to its background, but {statistic} of a background was asked for; read it from regions.Foreground.");
        }
    }

    private void EnsureOfClasses(string what)
    {
        if (IsOfInstances)
        {
            throw new InvalidOperationException($"Instances are of one class in one image and of another in the next, so {what} is not defined; read regions.Foreground for classes.");
        }
    }

    private readonly record struct StatisticKey(RegionStatistic? Statistic, TargetSizeKind Size = TargetSizeKind.Region);
}
