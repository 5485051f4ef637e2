namespace SegLossBias;

/// <summary>
/// The name of one statistic of the regions of an image, with its parameter. Who needs some lists them, so that
/// all of them are gathered in one pass over the pixels. Target and valid sizes are always there and need no name.
/// </summary>
/// <seealso cref="RegionStatistics"/>
public readonly record struct RegionStatistic
{
    private RegionStatistic(StatisticKind kind, double parameter = 0, double smoothing = 0, string? map = null)
    {
        Kind = kind;
        Parameter = parameter;
        Smoothing = smoothing;
        Map = map;
    }

    internal StatisticKind Kind { get; }

    /// <summary>The temperature τ of a predicted size, the exponent γ of a focal sum or of a logarithm, q of a probability, j of a confusion; else 0.</summary>
    internal double Parameter { get; }

    /// <summary>The true class of a row of the confusion matrix.</summary>
    internal int TrueClass => (int)Parameter;

    /// <summary>The label smoothing of a softmax focal sum.</summary>
    internal double Smoothing { get; }

    /// <summary>The name of the map of a map sum; else null.</summary>
    internal string? Map { get; }

    /// <summary>I, the predicted probability mass inside the true region: Σ w_i y_ik p_ik.</summary>
    public static RegionStatistic Overlap { get; } = new(StatisticKind.Overlap);

    /// <summary>C, the negative log-likelihood of the true region: Σ w_i y_ik · −log p_ik.</summary>
    public static RegionStatistic NegativeLogLikelihood { get; } = new(StatisticKind.NegativeLogLikelihood);

    /// <summary>
    /// U = Σ w_i · −log p_ik over all pixels, whatever their label, in nats: what label smoothing adds. At least 0 and at least
    /// the negative log-likelihood, with no upper bound; 0 without valid pixels.
    /// </summary>
    public static RegionStatistic NegativeLogEverywhere { get; } = new(StatisticKind.NegativeLogEverywhere);

    /// <summary>
    /// Δ = Σ w_i |p_ik − y_ik|, the distance between prediction and target, in pixels. 0 ≤ Δ ≤ min(|V|, P + T), and P + T − 2I
    /// with hard labels; 0 where prediction and target are equal, and without valid pixels. The derivative of |p − y| is taken
    /// as 0 where they are equal.
    /// </summary>
    public static RegionStatistic Difference { get; } = new(StatisticKind.Difference);

    /// <summary>
    /// Tq = Σ w_i y_ik², the size of the target with its labels squared, in pixels. 0 ≤ Tq ≤ T; T itself where labels are not
    /// soft, and 0 for a class that is absent. Has no gradient.
    /// </summary>
    public static RegionStatistic TargetSquare { get; } = new(StatisticKind.TargetSquare);

    /// <summary>P (τ = 1) or Q, the predicted size: Σ_i w_i p_ik with p from the logits multiplied by τ.</summary>
    /// <param name="temperature">τ &gt; 0, dimensionless; larger sharpens.</param>
    /// <exception cref="ArgumentOutOfRangeException">τ is not a positive finite number.</exception>
    public static RegionStatistic PredictedSize(double temperature = 1)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "the temperature multiplies the logits and must be positive and finite; 1 leaves them as they are, the paper uses 10.");
        }

        return new(StatisticKind.PredictedSize, temperature);
    }

    /// <summary>
    /// Pq = Σ w_i p_ik^q over all pixels, in pixels; the squares of squared denominators for q = 2. 0 ≤ Pq ≤ |V|, and Pq ≤ P for
    /// q ≥ 1; 0 without valid pixels.
    /// </summary>
    /// <param name="exponent">q &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">q is not a positive finite number.</exception>
    public static RegionStatistic PredictedPower(double exponent) => new(StatisticKind.PredictedPower, Exponent(exponent));

    /// <summary>Iq = Σ w_i y_ik p_ik^q, in pixels. 0 ≤ Iq ≤ T, and Iq ≤ I for q ≥ 1; 0 for a class that is absent.</summary>
    /// <param name="exponent">q &gt; 0; 1 is the overlap.</param>
    /// <exception cref="ArgumentOutOfRangeException">q is not a positive finite number.</exception>
    public static RegionStatistic OverlapPower(double exponent) => new(StatisticKind.OverlapPower, Exponent(exponent));

    /// <summary>Cγ = Σ w_i y_ik (−log p_ik)^γ, in nats^γ. At least 0, with no upper bound; 0 for a class that is absent. Where p = 1 a pixel has the value 0 and no gradient.</summary>
    /// <param name="exponent">γ &gt; 0; 1 is the negative log-likelihood.</param>
    /// <exception cref="ArgumentOutOfRangeException">γ is not a positive finite number.</exception>
    public static RegionStatistic NegativeLogPower(double exponent) => new(StatisticKind.NegativeLogPower, Exponent(exponent));

    /// <summary>
    /// M = Σ w_i φ_ik p_ik with a map φ of the target, such as a distance map; in pixels times the unit of the map. Σ w_i min(φ_ik, 0)
    /// ≤ M ≤ Σ w_i max(φ_ik, 0); 0 without valid pixels. A background has none.
    /// </summary>
    /// <param name="map">The name that <see cref="SegmentationTarget.WithMap(string, TorchSharp.torch.Tensor)"/> gave the map.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static RegionStatistic MapSum(string map)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(map);
        return new(StatisticKind.MapSum, map: map);
    }

    /// <summary>
    /// N_j = Σ w_i y_ij p_ik, row j of the confusion matrix of probabilities, in pixels: what is predicted as class k where class j is
    /// true. Multiclass mode alone. 0 ≤ N_j ≤ T_j; Σ_k N_j = T_j, N_j of class j itself is the overlap, and the sum of all rows is P;
    /// 0 for a class j that is absent, and without valid pixels.
    /// </summary>
    /// <param name="trueClass">j, a class of the logits.</param>
    /// <exception cref="ArgumentOutOfRangeException">j is negative, or above what an int holds.</exception>
    public static RegionStatistic Confusion(long trueClass) => trueClass is >= 0 and <= int.MaxValue
        ? new(StatisticKind.Confusion, trueClass)
        : throw new ArgumentOutOfRangeException(nameof(trueClass), trueClass, "the true class of a row of the confusion matrix must be a class of the logits, counted from 0.");

    /// <summary>F, the focal sum of the true region: Σ w_i y_ik (1−p_ik)^γ · −log p_ik.</summary>
    /// <param name="gamma">γ ≥ 0; 0 gives the negative log-likelihood of that form.</param>
    /// <param name="form">Whether p is the softmax or, in every channel, the sigmoid of the logits.</param>
    /// <param name="smoothing">See <see cref="SegLossBias.Focal"/>; softmax form only.</param>
    /// <exception cref="ArgumentOutOfRangeException">γ is negative or not finite, the form has no name, or the smoothing is outside [0, 0.5).</exception>
    public static RegionStatistic Focal(double gamma, FocalForm form, double smoothing = 0)
    {
        _ = SettingCheck.Defined(form, nameof(form));
        if (!(gamma >= 0 && double.IsFinite(gamma)))
        {
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "the focusing parameter γ must be finite and not negative; the usual value is 2.");
        }

        if (!(smoothing is >= 0 and < 0.5) || (smoothing > 0 && form == FocalForm.OneVsRest))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "the smoothing must lie in [0, 0.5) and belongs to FocalForm.Softmax alone.");
        }

        return new(form == FocalForm.Softmax ? StatisticKind.SoftmaxFocal : StatisticKind.OneVsRestFocal, gamma, smoothing);
    }

    /// <summary>Whether what is not the class has this sum too. In multiclass mode it has the one-vs-rest focal sum alone; a map belongs to the class.</summary>
    internal bool HasBackground(SegmentationMode mode) =>
        mode != SegmentationMode.Multiclass ? Kind is not (StatisticKind.MapSum or StatisticKind.Confusion) : Kind == StatisticKind.OneVsRestFocal;

    /// <exception cref="ArgumentException">The statistic belongs to multiclass mode, or reads a class that the logits do not have.</exception>
    internal void EnsureDefined(SegmentationMode mode, long classes)
    {
        if (mode != SegmentationMode.Multiclass && Smoothing > 0)
        {
            throw new ArgumentException($"the smoothing of a focal sum belongs to multiclass mode, but the mode is {mode}; leave it out.", "smoothing");
        }

        if (Kind == StatisticKind.Confusion && (mode != SegmentationMode.Multiclass || TrueClass >= classes))
        {
            throw new ArgumentException(mode != SegmentationMode.Multiclass
                ? $"a confusion matrix is of exclusive classes, but the mode is {mode}; a channel has overlap and sizes of both its sides instead."
                : $"the true class of a row of the confusion matrix is {TrueClass}, but the logits have {classes} classes; name one of 0..{classes - 1}.", "trueClass");
        }
    }

    /// <summary>Whether it depends on the logits.</summary>
    internal bool HasGradient => Kind != StatisticKind.TargetSquare;

    /// <summary>Whether it is one of the six that the kernels of hard labels gather.</summary>
    internal bool IsBasic => Kind is <= StatisticKind.OneVsRestFocal or StatisticKind.NegativeLogEverywhere;

    /// <summary>The name with its parameters, such as <c>PredictedSize(10)</c>.</summary>
    public override string ToString() => Kind switch
    {
        StatisticKind.PredictedSize => FormattableString.Invariant($"PredictedSize({Parameter})"),
        StatisticKind.SoftmaxFocal => FormattableString.Invariant($"Focal({Parameter}, FocalForm.Softmax, {Smoothing})"),
        StatisticKind.OneVsRestFocal => FormattableString.Invariant($"Focal({Parameter}, FocalForm.OneVsRest)"),
        StatisticKind.PredictedPower or StatisticKind.OverlapPower or StatisticKind.NegativeLogPower or StatisticKind.Confusion => FormattableString.Invariant($"{Kind}({Parameter})"),
        StatisticKind.MapSum => $"MapSum({Map})",
        _ => Kind.ToString(),
    };

    private static double Exponent(double exponent) => exponent > 0 && double.IsFinite(exponent)
        ? exponent
        : throw new ArgumentOutOfRangeException(nameof(exponent), exponent, "the exponent must be positive and finite.");
}
