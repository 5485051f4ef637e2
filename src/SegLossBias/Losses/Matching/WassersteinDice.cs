namespace SegLossBias;

/// <summary>Generalised Wasserstein Dice: Dice in which taking a class for another costs by the distance between both.</summary>
/// <remarks>
/// With distances of 1, in pixels of the batch (as here) or of each image, b = 0 for the background and 1 for other classes:
/// <code>
/// [2·H + E + s > 0]·(1 − (2·H + s) / (2·H + E + s)), H = Σ_k b·(Σ_n I), E = Σ_k ((Σ_n T) − (Σ_n I))      0 ≤ L ≤ 1
/// </code>
/// With other distances, of three classes where 0 is the background, H = Σ_k (R₁·N₁ + R₂·N₂) and E = Σ_k (M₀·N₀ + M₁·N₁ + M₂·N₂):
/// N_j = Σ w y_j p is row j of the confusion matrix, M_j are the distances of class j to each class and R_j = 1 − M_j. These are K²
/// numbers for each image, where the losses of overlaps have 2K.
/// H is what is right in the foreground, an error counting by 1 − its distance, and E sums the distances of all errors. In binary
/// and multilabel mode a channel has two classes, background and foreground: with distances of 1 it is <see cref="Dice"/>. A target
/// without foreground gives 1 without gradient as soon as there is an error, and 0 without one, as does a batch without valid pixels.
/// Where distances are 1, the error of a class is its size less its overlap. Near 1 a float32 p is known to 6e-8, so that smaller errors
/// of a pixel do not count there: such a target may then give 0. With float64 logits that is 1e-16.
/// The score is one of all classes together, so that there is no selection of classes: <see cref="Distances"/> say what an error costs.
/// MONAI has s = 1e-5 and takes each image by itself.
/// Fidon et al., arXiv:1707.00478, Eq. 9; inverse sizes: Fidon et al., arXiv:2011.01614.
/// </remarks>
public sealed class WassersteinDice() : RegionTerm("WassersteinDice")
{
    /// <summary>The distances between classes; null for 1 between any two. In binary and multilabel mode between background and foreground.</summary>
    public ClassDistances? Distances { get; init; }

    /// <summary>What the true classes weigh.</summary>
    public WassersteinWeighting Weighting { get; init => field = SettingCheck.Defined(value); }

    /// <summary>The class that is the background; null for none. In binary and multilabel mode 0 is the background and 1 the foreground.</summary>
    public long? Background { get; init; } = 0;

    /// <summary>Sums over the batch or over each image; <c>Reduction.None</c> needs the latter.</summary>
    public Pooling Pooling { get; init => field = SettingCheck.Defined(value); }

    /// <summary>s ≥ 0, added to numerator and denominator.</summary>
    public double Smoothing { get; init => field = SettingCheck.NotNegative(value, "the smoothing"); }

    /// <summary>s' ≥ 0, added to the denominator; null for <see cref="Smoothing"/>.</summary>
    public double? SmoothingBelow { get; init => field = SettingCheck.NotNegative(value, "the smoothing of the denominator"); }

    /// <inheritdoc/>
    protected override LossFormula Define(Regions regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var isExclusive = regions.Mode == SegmentationMode.Multiclass;
        var classes = isExclusive ? regions.Channels : 2;
        Distances?.EnsureCount(classes);
        if (Background is { } background && (background < 0 || background >= classes))
        {
            throw new InvalidOperationException($"the background must be one of the classes 0..{classes - 1}, but it is {background}; set it to null for none.");
        }

        if (isExclusive && Distances is null or { AreAllOne: true })
        {
            return Equal(regions.All.Pooled(Pooling));
        }

        var distances = Distances ?? ClassDistances.Equal(classes);
        var parts = Enumerable.Range(0, classes).Select(j => isExclusive ? OfClass(regions, distances, j) : OfSide(regions, distances, j)).ToArray();
        var hits = Sum([.. parts.Where((_, j) => Weighting == WassersteinWeighting.InverseSize || j != Background).Select(part => Weighted(part.Hit, part.Size))]);
        var errors = Sum([.. parts.Select(part => Weighted(part.Error, part.Size))]);
        return isExclusive ? Loss(hits.Sum(Axis.Classes), errors.Sum(Axis.Classes)) : Loss(hits, errors).Mean(Axis.Classes);
    }

    private Formula Loss(Formula hits, Formula errors)
    {
        var (twice, wrong, s) = (2 * hits.Named("H"), errors.Named("E"), Formula.Constant(Smoothing, "s"));
        var size = twice + wrong + (SmoothingBelow is { } below ? Formula.Constant(below, "s'") : s);
        return (1 - ((twice + s) / size)).WhereCounted(size);
    }

    /// <summary>Where the distance of any two exclusive classes is 1: what is wrong of a class is what its overlap lacks.</summary>
    private Formula Equal(RegionSet r)
    {
        var hits = Weighted(r.Overlap, r.TargetSize);
        if (Weighting != WassersteinWeighting.InverseSize && Background is { } background)
        {
            hits = r.Numbers((k, _) => k == background ? 0 : 1, "b") * hits;
        }

        return Loss(hits.Sum(Axis.Classes), Weighted(r.TargetSize - r.Overlap, r.TargetSize).Sum(Axis.Classes));
    }

    /// <summary>Of each class that may be predicted where class j is true.</summary>
    private (Formula Hit, Formula Error, Formula Size) OfClass(Regions regions, ClassDistances distances, int j)
    {
        var row = regions.All.Pooled(Pooling).Confusion(j);
        double[] far = [.. Enumerable.Range(0, distances.Count).Select(k => distances[j, k])];
        var number = SegLossBias.FormulaText.Subscript(j);
        return (
            new ConstantFormula([.. far.Select(distance => 1 - distance)], $"R{number}") * row,
            new ConstantFormula(far, $"M{number}") * row,
            regions.All.Only(ClassSelection.Of(j)).Pooled(Pooling).TargetSize);
    }

    /// <summary>Of each channel, the foreground (1) or the background (0).</summary>
    private (Formula Hit, Formula Error, Formula Size) OfSide(Regions regions, ClassDistances distances, int j)
    {
        var r = (j == 1 ? regions.Foreground : regions.Background).Pooled(Pooling);
        var error = Formula.Constant(distances[j, 1 - j], $"M{SegLossBias.FormulaText.Subscript(j)}") * (r.TargetSize - r.Overlap);
        return (r.TargetSize - error, error, r.TargetSize);
    }

    private Formula Weighted(Formula sum, Formula size) => Weighting == WassersteinWeighting.InverseSize ? sum / (size + 1) : sum;

    private static Formula Sum(Formula[] parts) => parts.Aggregate((sum, part) => sum + part);
}
