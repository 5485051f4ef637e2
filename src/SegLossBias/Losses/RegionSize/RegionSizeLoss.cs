using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SegLossBias;

/// <summary>What the region-size penalties share: proportions of each image at a temperature, joined over the classes.</summary>
/// <remarks>
/// <code>
/// ŷ = (T+ε)/(|V|+ε),   p̂ = (Q+ε)/(|V|+ε),   Q = Σ_V p_i from the logits multiplied by τ
/// </code>
/// Proportions are per image even where Dice pools the batch; the values of the images are averaged.
/// </remarks>
public abstract class RegionSizeLoss : RegionLoss, IDirectFormula
{
    private readonly Schedule _temperature;
    private readonly ClassReduction _classReduction;

    private protected RegionSizeLoss(
        string name,
        Schedule temperature,
        ClassReduction classReduction,
        double epsilon,
        SegmentationMode mode,
        long? ignoreIndex,
        Reduction reduction)
        : base(name, mode, ignoreIndex, reduction)
    {
        if (!(epsilon >= 0 && double.IsFinite(epsilon)))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε is added to sizes in pixels and must be finite and not negative; the reference has 1e-10, the paper none.");
        }

        _ = RegionStatistic.PredictedSize(temperature.At(0));
        (_temperature, _classReduction, Epsilon) = (temperature, classReduction, epsilon);
    }

    /// <summary>τ in force in the current epoch.</summary>
    public double Temperature => _temperature.At(Epoch);

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<RegionStatistic> Statistics => [RegionStatistic.PredictedSize(Temperature)];

    /// <summary>ε in pixels.</summary>
    private protected double Epsilon { get; }

    /// <inheritdoc/>
    protected sealed override Tensor Evaluate(RegionStatistics regions)
    {
        // A multilabel channel can be ignored altogether while its image is not.
        var values = Penalty(regions).ZeroWhere(regions.ValidSize.NotPositive());
        return _classReduction == ClassReduction.Mean ? values.mean([1]) : values.sum(1);
    }

    private protected double TemperatureOf(RegionStatistics regions) => _temperature.At(regions.Epoch);

    /// <summary>The penalty of each image and class, [N,K].</summary>
    private protected abstract Tensor Penalty(RegionStatistics regions);

    double IDirectFormula.Evaluate(RegionNumbers regions, double weight)
    {
        var size = regions.Of(RegionStatistic.PredictedSize(Temperature));
        var divisor = (double)regions.Images * (_classReduction == ClassReduction.Mean ? regions.Classes : 1);
        var sum = 0.0;
        foreach (var region in CountsBackground ? regions.Both : regions.Foregrounds)
        {
            var pixels = regions.ValidSize(region) + Epsilon;
            if (regions.ValidSize(region) > 0)
            {
                var (value, slope) = Penalty((size[region] + Epsilon) / pixels, (regions.TargetSize(region) + Epsilon) / pixels);
                sum += value;
                size.AddGradient(region, weight * slope / (pixels * divisor));
            }
        }

        return sum / divisor;
    }

    /// <summary>Whether the penalty of a channel with a background of its own is the sum of both.</summary>
    private protected virtual bool CountsBackground => false;

    /// <summary>The penalty of one region, and its derivative with respect to the predicted proportion.</summary>
    private protected abstract (double Value, double Slope) Penalty(double predicted, double target);
}
